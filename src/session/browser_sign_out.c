#include "session/browser_sign_out.h"

#include "crypto/pkce.h"
#include "net/loopback.h"
#include "net/page.h"
#include "oidc/authorize.h"
#include "oidc/end_session.h"

#define PAGE_TIMEOUT 3000 /* ms */

/* One sign-out under way. */
struct ending {
    const struct interfaces *interfaces;
    const struct profile *profile;
    const struct browser_sign_out_options *options;
    struct provider provider;
    struct loopback *loopback;
};

static bool send_to_browser(const struct ending *ending, const char *redirect_uri, const struct secret *state,
                            struct error *err)
{
    const struct browser_sign_out_options *options = ending->options;
    struct browser *browser = ending->interfaces->browser;
    _cleanup_buffer_ struct buffer url = BUFFER(AUTHORIZE_URL_MAXIMUM);
    struct error why;
    bool opened;

    if (!end_session_url(&ending->provider, ending->profile->app_id, redirect_uri, state, &url, err))
        return false;
    opened = browser->open(browser, buffer_text(&url), &why);
    if (options->waiting)
        options->waiting(options->data, buffer_text(&url), opened ? NULL : why.message);
    return true;
}

static void show_page(const struct ending *ending)
{
    struct system *system = ending->interfaces->system;
    _cleanup_buffer_ struct buffer html = BUFFER(PAGE_MAXIMUM);
    struct page page = {.kind = PAGE_SUCCESS,
                        .title = "You are signed out",
                        .message = "This browser is no longer signed in at Logto.",
                        .detail = ending->profile->endpoint,
                        .hint = "You can close this window."};

    if (page_render(&page, &html, NULL))
        loopback_finish(ending->loopback, &html, system, system->monotonic(system) + PAGE_TIMEOUT);
}

static bool await_return(const struct ending *ending, const struct secret *state, struct error *err)
{
    struct system *system = ending->interfaces->system;
    int64_t deadline = system->monotonic(system) + ending->options->timeout;
    _cleanup_buffer_ struct buffer query = BUFFER(AUTHORIZE_URL_MAXIMUM);
    enum loopback_event event = loopback_wait(ending->loopback, state, -1, system, deadline, &query, err);

    if (event == LOOPBACK_FAILED)
        return false;
    if (event == LOOPBACK_REDIRECT) {
        show_page(ending);
        return true;
    }
    error_set(err, ERROR_TIMEOUT, "timed out waiting for the browser, which may still be signed in at Logto");
    return error_hint(err, "check that http://localhost:%u/ is a post sign-out redirect URI of the app",
                      loopback_port(ending->loopback));
}

static bool send_and_wait(const struct ending *ending, struct error *err)
{
    _cleanup_free_ char *redirect_uri = memory_format("http://localhost:%u/",
                                                      (unsigned)loopback_port(ending->loopback));
    _cleanup_secret_ struct secret *state = pkce_random(ending->interfaces->system, err);

    loopback_expect(ending->loopback, "/");
    return state && send_to_browser(ending, redirect_uri, state, err) && await_return(ending, state, err);
}

bool browser_sign_out(const struct interfaces *interfaces, const struct profile *profile,
                      const struct browser_sign_out_options *options, bool *confirmed, struct error *err)
{
    struct oidc oidc = interfaces_oidc(interfaces, profile);
    struct ending ending = {.interfaces = interfaces, .profile = profile, .options = options};
    bool ok = false;

    if (!discovery_load(&oidc, profile->issuer, &ending.provider, err))
        return false;
    ending.loopback = loopback_listen(profile->port, NULL, err);
    *confirmed = ending.loopback != NULL;
    if (ending.loopback)
        ok = send_and_wait(&ending, err);
    else if (err->code == ERROR_PORT_IN_USE)
        ok = send_to_browser(&ending, NULL, NULL, err);
    loopback_stop(&ending.loopback);
    provider_release(&ending.provider);
    return ok;
}
