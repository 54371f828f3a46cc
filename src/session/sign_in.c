#include "session/sign_in.h"

#include "base/file.h"
#include "base/interrupt.h"
#include "base/locale.h"
#include "base/log.h"
#include "crypto/pkce.h"
#include "logto/scope.h"
#include "logto/sign_in_parameter.h"
#include "net/page.h"
#include "oidc/authorize.h"
#include "oidc/id_token.h"
#include "oidc/token_endpoint.h"
#include "session/redirect.h"

#include <stdlib.h>
#include <string.h>

/* How long the browser gets to fetch the last page, ms. */
#define PAGE_PATIENCE 3000

/* One sign-in under way. */
struct attempt {
    struct context *context;
    const struct sign_in_options *options;
    struct provider provider;
    struct loopback *loopback;
    char *redirect_uri;
    struct secret *state;
    struct secret *nonce;
    struct secret *code_verifier;
    struct secret *code;
    struct token_response tokens;
    struct jwt id_token;
};

static bool make_randoms(struct attempt *attempt, struct error *err)
{
    struct system *system = attempt->context->system;

    return (attempt->state = pkce_random(system, err)) && (attempt->nonce = pkce_random(system, err)) &&
           (attempt->code_verifier = pkce_random(system, err));
}

/*
 * Logto accepts any loopback port for a public app (RFC 8252, 7.3), so one that is taken is no reason to
 * stop.
 */
static bool listen_anywhere(struct attempt *attempt, const struct loopback_holder *holder, struct error *err)
{
    const struct sign_in_events *events = &attempt->options->events;

    attempt->loopback = loopback_listen(0, NULL, err);
    if (attempt->loopback && events->port_changed)
        events->port_changed(events->data, holder, attempt->context->profile.port,
                             loopback_port(attempt->loopback));
    return attempt->loopback != NULL;
}

static bool start_listening(struct attempt *attempt, struct error *err)
{
    struct loopback_holder holder = {0};

    attempt->loopback = loopback_listen(attempt->context->profile.port, &holder, err);
    if (!attempt->loopback) {
        if (err->code != ERROR_PORT_IN_USE)
            return false;
        if (attempt->options->port_fixed || attempt->options->app_secret)
            return error_hint(err, "stop that program, or choose another port with --port");
        if (!listen_anywhere(attempt, &holder, err))
            return false;
    }
    attempt->redirect_uri = memory_format("http://localhost:%u/callback",
                                          (unsigned)loopback_port(attempt->loopback));
    return true;
}

/* Logto drops offline_access without a word unless the prompt has "consent" (logto-protocol, section 0). */
static const char *choose_prompt(const struct sign_in_options *options)
{
    return options->reauthenticate ? "login consent" : "consent";
}

static bool make_url(struct attempt *attempt, struct buffer *url, struct error *err)
{
    const struct sign_in_options *options = attempt->options;
    struct logto_sign_in sign_in = {options->connector, options->sign_up};
    _cleanup_free_ char *language = locale_language();
    _cleanup_buffer_ struct buffer extra = BUFFER(4096);
    struct authorization_request request = {.client_id = attempt->context->profile.app_id,
                                            .redirect_uri = attempt->redirect_uri,
                                            .scopes = options->scopes,
                                            .resources = options->resources,
                                            .state = attempt->state,
                                            .nonce = attempt->nonce,
                                            .code_verifier = attempt->code_verifier,
                                            .prompt = choose_prompt(options),
                                            .ui_locales = language,
                                            .login_hint = options->login_hint,
                                            .extra = &extra};

    return logto_sign_in_append(&sign_in, &extra, err) &&
           authorize_url(&attempt->provider, &request, url, err);
}

static bool send_to_browser(struct attempt *attempt, struct error *err)
{
    const struct sign_in_options *options = attempt->options;
    struct browser *browser = attempt->context->browser;
    _cleanup_buffer_ struct buffer url = BUFFER(AUTHORIZE_URL_MAXIMUM);
    struct error why = {.message = "you asked for no browser"};
    bool opened;

    if (!make_url(attempt, &url, err))
        return false;
    opened = options->open_browser && browser->open(browser, buffer_text(&url), &why);
    if (options->events.waiting)
        options->events.waiting(options->events.data, buffer_text(&url), loopback_port(attempt->loopback),
                                opened ? NULL : why.message);
    return true;
}

static bool await_code(struct attempt *attempt, struct error *err)
{
    const struct sign_in_options *options = attempt->options;
    struct system *system = attempt->context->system;
    _cleanup_buffer_ struct buffer query = BUFFER(REDIRECT_QUERY_MAXIMUM);
    bool ok = redirect_wait(attempt->context, options, attempt->loopback, attempt->state,
                            system->monotonic(system) + options->timeout, &query, err);

    if (options->events.done)
        options->events.done(options->events.data);
    return ok && authorize_check(&attempt->provider, buffer_text(&query), &attempt->code, err);
}

static bool exchange(struct attempt *attempt, struct error *err)
{
    struct context *context = attempt->context;
    struct client client = {context->profile.app_id, attempt->options->app_secret};
    struct code_grant grant = {attempt->code, attempt->code_verifier, attempt->redirect_uri};
    struct id_token_expectation expected = {.client_id = client.id, .nonce = attempt->nonce};

    if (!token_endpoint_exchange_code(&context->oidc, &attempt->provider, &client, &grant, &attempt->tokens,
                                      err))
        return false;
    if (!attempt->tokens.id_token)
        return error_set(err, ERROR_PROTOCOL, "Logto sent no ID token: who signed in is unknown");
    expected.access_token = attempt->tokens.access_token;
    return id_token_verify(&context->oidc, &attempt->provider, attempt->tokens.id_token, &expected,
                           &attempt->id_token, err);
}

/*
 * Logto leaves out silently what it doesn't know or the person may not have. Its own scopes show in the
 * answer; those of an API show only in that API's tokens, so they count as covered once they were asked for.
 */
static void take_scopes(const struct attempt *attempt, struct list *scopes)
{
    _cleanup_list_ struct list granted = LIST_EMPTY;

    list_add_words(&granted, attempt->tokens.scope);
    for (size_t i = 0; i < attempt->options->scopes->count; i++) {
        const char *scope = attempt->options->scopes->items[i];

        if (!attempt->tokens.scope || list_contains(&granted, scope) || !logto_scope_is_reserved(scope))
            list_add(scopes, scope);
    }
}

static void make_session(struct attempt *attempt, struct session *session)
{
    struct context *context = attempt->context;
    struct token_response *tokens = &attempt->tokens;
    struct access_token *token;

    session->profile = memory_duplicate(context->profile.name);
    session->endpoint = memory_duplicate(context->profile.endpoint);
    session->issuer = memory_duplicate(context->profile.issuer);
    session->app_id = memory_duplicate(context->profile.app_id);
    session->app_secret = secret_copy(attempt->options->app_secret);
    session->signed_in_at = context->system->now(context->system);
    take_scopes(attempt, &session->scopes);
    list_add_all(&session->resources, attempt->options->resources);
    token = session_put_token(session, NULL, NULL, "");
    token->token = tokens->access_token;
    token->scope = tokens->scope;
    token->expires_at = session->signed_in_at + tokens->expires_in;
    session->refresh_token = tokens->refresh_token;
    session->id_token = tokens->id_token;
    session->claims = attempt->id_token.claims;
    tokens->access_token = tokens->refresh_token = tokens->id_token = NULL;
    tokens->scope = NULL;
    attempt->id_token.claims = NULL;
}

/*
 * The earlier session's refresh token is not revoked: in the same browser session Logto hangs both on one
 * grant, and revoking would end the new one too.
 */
static bool store(struct attempt *attempt, struct session *session, struct error *err)
{
    _cleanup_(file_unlock) int lock = -1;
    bool ok;

    if (!session_lock(attempt->context, &lock, err))
        return false;
    interrupt_hold();
    ok = session_save(attempt->context, session, err);
    interrupt_release();
    return ok;
}

static bool complete(struct attempt *attempt, struct session *out, struct error *err)
{
    struct session session = SESSION_EMPTY;

    if (!await_code(attempt, err) || !exchange(attempt, err))
        return false;
    make_session(attempt, &session);
    if (store(attempt, &session, err)) {
        *out = session;
        return true;
    }
    session_release(&session);
    return false;
}

/* The browser shows what the terminal shows. */
static void show_outcome(struct attempt *attempt, const struct session *session, const struct error *err)
{
    struct system *system = attempt->context->system;
    _cleanup_buffer_ struct buffer html = BUFFER(PAGE_MAXIMUM);
    _cleanup_free_ char *detail = memory_format("Profile %s at %s", attempt->context->profile.name,
                                                attempt->context->profile.endpoint);
    struct page page = {.kind = PAGE_FAILURE,
                        .title = "Sign-in failed",
                        .message = err->message,
                        .detail = detail,
                        .hint = "The terminal says what to do next. You can close this window."};
    struct error ignored;

    if (session)
        page = (struct page){.kind = PAGE_SUCCESS,
                             .title = "You are signed in",
                             .message = "The terminal has what it needs.",
                             .name = json_string(session->claims, "name"),
                             .email = json_string(session->claims, "email"),
                             .detail = detail,
                             .hint = "You can close this window."};
    if (page_render(&page, &html, &ignored))
        loopback_finish(attempt->loopback, &html, system, system->monotonic(system) + PAGE_PATIENCE);
}

static void release(struct attempt *attempt)
{
    provider_release(&attempt->provider);
    loopback_stop(&attempt->loopback);
    free(attempt->redirect_uri);
    secret_free(&attempt->state);
    secret_free(&attempt->nonce);
    secret_free(&attempt->code_verifier);
    secret_free(&attempt->code);
    token_response_release(&attempt->tokens);
    jwt_release(&attempt->id_token);
}

bool sign_in(struct context *context, const struct sign_in_options *options, struct session *out,
             struct error *err)
{
    struct attempt attempt = {
        .context = context, .options = options, .tokens = TOKEN_RESPONSE_EMPTY, .id_token = JWT_EMPTY};
    bool ok = false;

    if (discovery_load(&context->oidc, context->profile.issuer, &attempt.provider, err) &&
        discovery_check_sign_in(&attempt.provider, err) && start_listening(&attempt, err) &&
        make_randoms(&attempt, err) && send_to_browser(&attempt, err)) {
        ok = complete(&attempt, out, err);
        show_outcome(&attempt, ok ? out : NULL, err);
    }
    release(&attempt);
    return ok;
}
