#include "session/browser_sign_out.h"

#include "crypto/pkce.h"
#include "net/loopback.h"
#include "net/page.h"
#include "oidc/authorize.h"
#include "oidc/end_session.h"

#define PAGE_PATIENCE 3000 /* ms */

static bool send_to_browser(struct context *context, const struct browser_sign_out_options *options,
                            const struct provider *provider, const char *redirect_uri,
                            const struct secret *state, struct error *err)
{
    _cleanup_buffer_ struct buffer url = BUFFER(AUTHORIZE_URL_MAXIMUM);
    struct error why;
    bool opened;

    if (!end_session_url(provider, context->profile.app_id, redirect_uri, state, &url, err))
        return false;
    opened = context->browser->open(context->browser, buffer_text(&url), &why);
    if (options->waiting)
        options->waiting(options->data, buffer_text(&url), opened ? NULL : why.message);
    return true;
}

static void show_page(struct context *context, struct loopback *loopback)
{
    struct system *system = context->system;
    _cleanup_buffer_ struct buffer html = BUFFER(PAGE_MAXIMUM);
    struct page page = {.kind = PAGE_SUCCESS,
                        .title = "You are signed out",
                        .message = "This browser is no longer signed in at Logto.",
                        .detail = context->profile.endpoint,
                        .hint = "You can close this window."};
    struct error ignored;

    if (page_render(&page, &html, &ignored))
        loopback_finish(loopback, &html, system, system->monotonic(system) + PAGE_PATIENCE);
}

static bool await_return(struct context *context, const struct browser_sign_out_options *options,
                         struct loopback *loopback, const struct secret *state, struct error *err)
{
    struct system *system = context->system;
    _cleanup_buffer_ struct buffer query = BUFFER(AUTHORIZE_URL_MAXIMUM);

    switch (loopback_wait(loopback, state, -1, system, system->monotonic(system) + options->timeout, &query,
                          err)) {
    case LOOPBACK_REDIRECT:
        show_page(context, loopback);
        return true;
    case LOOPBACK_FAILED:
        return false;
    case LOOPBACK_READABLE:
    case LOOPBACK_DEADLINE:
        break;
    }
    error_set(err, ERROR_TIMEOUT, "the browser did not come back, so it may still be signed in at Logto");
    return error_hint(err, "is http://localhost:%u/ registered as post sign-out redirect URI of the app?",
                      loopback_port(loopback));
}

static bool sign_out_and_wait(struct context *context, const struct browser_sign_out_options *options,
                              const struct provider *provider, struct loopback *loopback, struct error *err)
{
    _cleanup_free_ char *redirect_uri = memory_format("http://localhost:%u/",
                                                      (unsigned)loopback_port(loopback));
    _cleanup_secret_ struct secret *state = pkce_random(context->system, err);

    loopback_expect(loopback, "/");
    return state && send_to_browser(context, options, provider, redirect_uri, state, err) &&
           await_return(context, options, loopback, state, err);
}

bool browser_sign_out(struct context *context, const struct browser_sign_out_options *options,
                      bool *confirmed, struct error *err)
{
    _cleanup_provider_ struct provider provider = {0};
    _cleanup_loopback_ struct loopback *loopback = NULL;

    if (!discovery_load(&context->oidc, context->profile.issuer, &provider, err))
        return false;
    loopback = loopback_listen(context->profile.port, NULL, err);
    *confirmed = loopback != NULL;
    if (loopback)
        return sign_out_and_wait(context, options, &provider, loopback, err);
    return err->code == ERROR_PORT_IN_USE && send_to_browser(context, options, &provider, NULL, NULL, err);
}
