#include "session/browser_sign_out.h"

#include "crypto/pkce.h"
#include "net/loopback.h"
#include "oidc/authorize.h"
#include "oidc/end_session.h"
#include "session/redirect.h"

/* One sign-out under way. */
struct ending {
    const struct interfaces *interfaces;
    const struct profile *profile;
    const struct browser_sign_out_options *options;
    struct provider provider;
    struct loopback *loopback;
    struct buffer url; /* at the end-session endpoint */
};

static bool append_location(void *data, struct buffer *out, struct error *err)
{
    const struct ending *ending = data;

    return buffer_append_text(out, buffer_text(&ending->url), err);
}

static bool send_to_browser(struct ending *ending, const char *redirect_uri, const struct secret *state,
                            struct error *err)
{
    const struct browser_sign_out_options *options = ending->options;
    struct browser *browser = ending->interfaces->browser;
    struct sign_in_urls urls = {.brief = loopback_address(ending->loopback)};
    struct error why;
    bool opened;

    if (!end_session_url(&ending->provider, profile_app(ending->profile), redirect_uri, state, &ending->url,
                         err))
        return false;
    urls.full = buffer_text(&ending->url);
    loopback_redirect(ending->loopback, append_location, ending);
    opened = browser->open(browser, urls.brief, &why);
    if (options->waiting)
        options->waiting(options->data, &urls, opened ? NULL : why.message);
    return true;
}

static void show_page(const struct ending *ending)
{
    struct page page = {.kind = PAGE_SUCCESS,
                        .title = "You are signed out",
                        .message = "This browser is no longer signed in at Logto.",
                        .detail = ending->profile->endpoint,
                        .hint = "You can close this window."};

    redirect_finish(ending->loopback, ending->interfaces->system, &page);
}

static bool fail_timeout(const struct ending *ending, struct error *err)
{
    error_set(err, ERROR_TIMEOUT, "timed out waiting for the browser, which may still be signed in at Logto");
    return error_hint(err, "check that http://localhost:%u/ is a post sign-out redirect URI of the app",
                      loopback_port(ending->loopback));
}

static bool await_return(const struct ending *ending, const struct secret *state, struct error *err)
{
    const struct browser_sign_out_options *options = ending->options;
    const struct sign_in_events events = {.unvisited = options->unvisited, .data = options->data};
    const struct redirect_wait wait = {.loopback = ending->loopback,
                                       .system = ending->interfaces->system,
                                       .state = state,
                                       .events = &events,
                                       .full_url = buffer_text(&ending->url),
                                       .paste_descriptor = -1,
                                       .timeout = options->timeout};
    _cleanup_buffer_ struct buffer query = BUFFER(REDIRECT_QUERY_MAXIMUM);

    if (!redirect_wait(&wait, &query, err))
        return err->code == ERROR_TIMEOUT && fail_timeout(ending, err);
    show_page(ending);
    return true;
}

static bool send_and_wait(struct ending *ending, struct error *err)
{
    _cleanup_free_ char *redirect_uri = memory_format("http://localhost:%u/",
                                                      (unsigned)loopback_port(ending->loopback));
    _cleanup_secret_ struct secret *state = pkce_random(ending->interfaces->system, err);

    loopback_expect(ending->loopback, "/");
    return state && send_to_browser(ending, redirect_uri, state, err) && await_return(ending, state, err);
}

/* The port of the redirect URI is taken: the browser is sent off from another one, and stays away. */
static bool send_off(struct ending *ending, struct error *err)
{
    struct system *system = ending->interfaces->system;
    int64_t deadline;

    if (!send_to_browser(ending, NULL, NULL, err))
        return false;
    deadline = system->monotonic(system) + REDIRECT_VISIT_TIMEOUT;
    return loopback_wait(ending->loopback, NULL, -1, system, deadline, NULL, err) != LOOPBACK_FAILED;
}

bool browser_sign_out(const struct interfaces *interfaces, const struct profile *profile,
                      const struct browser_sign_out_options *options, bool *confirmed, struct error *err)
{
    struct oidc oidc = interfaces_oidc(interfaces, profile);
    struct ending ending = {.interfaces = interfaces,
                            .profile = profile,
                            .options = options,
                            .url = BUFFER(AUTHORIZE_URL_MAXIMUM)};
    bool ok = false;

    if (!discovery_load(&oidc, profile->issuer, &ending.provider, err))
        return false;
    ending.loopback = loopback_listen(interfaces->system, profile->port, NULL, err);
    *confirmed = ending.loopback != NULL;
    if (ending.loopback)
        ok = send_and_wait(&ending, err);
    else if (err->code == ERROR_PORT_IN_USE)
        ok = (ending.loopback = loopback_listen(interfaces->system, 0, NULL, err)) && send_off(&ending, err);
    loopback_stop(&ending.loopback);
    provider_release(&ending.provider);
    buffer_release(&ending.url);
    return ok;
}
