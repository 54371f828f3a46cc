#include "session/sign_in_browser.h"

#include "base/locale.h"
#include "crypto/pkce.h"
#include "logto/sign_in_parameter.h"
#include "oidc/authorize.h"
#include "session/authorization.h"
#include "session/establish.h"
#include "session/hint.h"
#include "session/redirect.h"

#include <stdlib.h>

/* One sign-in under way. */
struct attempt {
    const struct interfaces *interfaces;
    const struct profile *profile;
    const struct sign_in_request *request;
    const struct sign_in_browser_options *options;
    struct oidc oidc;
    struct provider provider;
    struct loopback *loopback;
    char *redirect_uri;
    struct authorization authorization;
    struct secret *state;
    struct secret *nonce;
    struct secret *code_verifier;
};

static bool make_randoms(struct attempt *attempt, struct error *err)
{
    struct system *system = attempt->interfaces->system;

    return (attempt->state = pkce_random(system, err)) && (attempt->nonce = pkce_random(system, err)) &&
           (attempt->code_verifier = pkce_random(system, err));
}

/* Logto accepts any loopback port for a public app (RFC 8252, 7.3), so another one will do. */
static bool listen_anywhere(struct attempt *attempt, const struct port_holder *holder, struct error *err)
{
    const struct sign_in_events *events = &attempt->request->events;

    attempt->loopback = loopback_listen(attempt->interfaces->system, 0, NULL, err);
    if (attempt->loopback && events->port_changed)
        events->port_changed(events->data, holder, attempt->profile->port, loopback_port(attempt->loopback));
    return attempt->loopback != NULL;
}

static bool start_listening(struct attempt *attempt, struct error *err)
{
    struct port_holder holder = {0};

    attempt->loopback = loopback_listen(attempt->interfaces->system, attempt->profile->port, &holder, err);
    if (!attempt->loopback) {
        if (err->code != ERROR_PORT_IN_USE || attempt->options->port_fixed || attempt->request->app_secret)
            return false;
        if (!listen_anywhere(attempt, &holder, err))
            return false;
    }
    attempt->redirect_uri = memory_format("http://localhost:%u/callback",
                                          (unsigned)loopback_port(attempt->loopback));
    return true;
}

/* Logto silently drops offline_access unless the prompt has "consent" (logto-protocol, section 0). */
static const char *choose_prompt(const struct sign_in_request *request)
{
    return request->reauthenticate ? "login consent" : "consent";
}

/* What is wrong with the request is known after this, and no browser has opened yet. */
static bool prepare(struct attempt *attempt, struct error *err)
{
    const struct sign_in_request *request = attempt->request;
    struct client client = {attempt->profile->app_id, request->app_secret};
    struct logto_sign_in sign_in = {request->connector, request->sign_up};
    _cleanup_free_ char *language = locale_language();
    _cleanup_buffer_ struct buffer extra = BUFFER(4096);
    struct authorization_request authorization = {.client_id = attempt->profile->app_id,
                                                  .redirect_uri = attempt->redirect_uri,
                                                  .scopes = request->scopes,
                                                  .resources = request->resources,
                                                  .state = attempt->state,
                                                  .nonce = attempt->nonce,
                                                  .code_verifier = attempt->code_verifier,
                                                  .prompt = choose_prompt(request),
                                                  .ui_locales = language,
                                                  .login_hint = request->login_hint,
                                                  .extra = &extra};

    return logto_sign_in_append(&sign_in, &extra, err) &&
           authorization_open(attempt->interfaces, attempt->profile, &attempt->provider, &client,
                              &authorization, request->first_time, &attempt->authorization, err);
}

static void send_to_browser(struct attempt *attempt)
{
    redirect_start(&(struct redirect_start){
        .loopback = attempt->loopback,
        .browser = attempt->options->open_browser ? attempt->interfaces->browser : NULL,
        .events = &attempt->request->events,
        .full_url = buffer_text(&attempt->authorization.url),
        .location = authorization_location,
        .data = &attempt->authorization});
}

static bool await_code(struct attempt *attempt, struct secret **code, struct error *err)
{
    _cleanup_buffer_ struct buffer query = BUFFER(REDIRECT_QUERY_MAXIMUM);
    struct redirect_wait wait = {.loopback = attempt->loopback,
                                 .system = attempt->interfaces->system,
                                 .state = attempt->state,
                                 .events = &attempt->request->events,
                                 .full_url = buffer_text(&attempt->authorization.url),
                                 .paste_descriptor = attempt->options->paste_descriptor,
                                 .timeout = attempt->request->timeout};

    return redirect_wait(&wait, &query, err) &&
           authorize_check(&attempt->provider, buffer_text(&query), code, err);
}

static bool exchange_code(struct attempt *attempt, const struct client *client,
                          const struct code_grant *grant, struct token_response *tokens, struct error *err)
{
    _cleanup_token_failure_ struct token_failure failure = {.lost = false};

    if (token_endpoint_exchange_code(&attempt->oidc, &attempt->provider, client, grant, tokens, &failure,
                                     err))
        return true;
    if (failure.oauth.kind != OAUTH_INVALID_GRANT)
        return *err->hint ? false : hint_login(attempt->profile, NULL, NULL, err);
    error_change_code(err, ERROR_PROTOCOL); /* no session has ended: the code itself was refused */
    return hint_login(attempt->profile, NULL, NULL, err);
}

static bool complete(struct attempt *attempt, struct session *out, struct error *err)
{
    struct sign_in_expectation expected = {.provider = &attempt->provider,
                                           .client = {attempt->profile->app_id, attempt->request->app_secret},
                                           .nonce = attempt->nonce,
                                           .scopes = attempt->request->scopes,
                                           .resources = attempt->request->resources,
                                           .events = &attempt->request->events};
    _cleanup_token_response_ struct token_response tokens = TOKEN_RESPONSE_EMPTY;
    _cleanup_secret_ struct secret *code = NULL;
    struct code_grant grant = {NULL, attempt->code_verifier, attempt->redirect_uri};

    if (!await_code(attempt, &code, err))
        return false;
    grant.code = code;
    if (!exchange_code(attempt, &expected.client, &grant, &tokens, err))
        return false;
    if (session_establish(attempt->interfaces, attempt->profile, &expected, &tokens, out, err))
        return true;
    if (err->code == ERROR_PROTOCOL && !*err->hint)
        error_hint(err, "check that %s is the right endpoint, then sign in again; nothing was stored",
                   attempt->profile->endpoint);
    return false;
}

/* The browser shows what the terminal shows. */
static void show_outcome(struct attempt *attempt, const struct session *session, const struct error *err)
{
    _cleanup_free_ char *detail = memory_format("Profile %s at %s", attempt->profile->name,
                                                attempt->profile->endpoint);
    struct page page = {.kind = PAGE_FAILURE,
                        .title = "Sign-in failed",
                        .message = err->message,
                        .detail = detail,
                        .host = attempt->options->host,
                        .hint = "See the terminal for what to do next. You can close this window."};

    if (session)
        page = (struct page){.kind = PAGE_SUCCESS,
                             .title = "You are signed in",
                             .message = "You can return to the terminal.",
                             .name = json_string(session->claims, "name"),
                             .email = json_string(session->claims, "email"),
                             .detail = detail,
                             .host = attempt->options->host,
                             .hint = "You can close this window."};
    redirect_finish(attempt->loopback, attempt->interfaces->system, &page);
}

static void release(struct attempt *attempt)
{
    provider_release(&attempt->provider);
    loopback_stop(&attempt->loopback);
    free(attempt->redirect_uri);
    authorization_release(&attempt->authorization);
    secret_free(&attempt->state);
    secret_free(&attempt->nonce);
    secret_free(&attempt->code_verifier);
}

bool sign_in_browser(const struct interfaces *interfaces, const struct profile *profile,
                     const struct sign_in_request *request, const struct sign_in_browser_options *options,
                     struct session *out, struct error *err)
{
    struct attempt attempt = {.interfaces = interfaces,
                              .profile = profile,
                              .request = request,
                              .options = options,
                              .oidc = interfaces_oidc(interfaces, profile)};
    bool ok = false;

    if (discovery_load_for_sign_in(&attempt.oidc, profile->issuer, &attempt.provider, err) &&
        start_listening(&attempt, err) && make_randoms(&attempt, err) && prepare(&attempt, err)) {
        send_to_browser(&attempt);
        ok = complete(&attempt, out, err);
        show_outcome(&attempt, ok ? out : NULL, err);
    }
    release(&attempt);
    return ok;
}
