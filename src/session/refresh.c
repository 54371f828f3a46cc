#include "session/refresh.h"

#include "base/fault.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "codec/url.h"
#include "oidc/id_token.h"
#include "oidc/token_endpoint.h"
#include "session/hint.h"

#include <string.h>

/*
 * Logto accepts the old refresh token for three seconds after its first use; one is left for
 * the way there.
 */
#define LEEWAY 2000 /* ms */

/* One refresh under way. */
struct refresh {
    struct context *context;
    struct session *session;
    const struct access_request *request;
    struct provider provider;
    struct token_failure failure;
};

/* Without "openid" among the scopes Logto takes the request for that of an API's token. */
static char *choose_scope(const struct access_request *request)
{
    _cleanup_list_ struct list scopes = LIST_EMPTY;

    if (request->scopes.count == 0)
        return NULL;
    list_add_all(&scopes, &request->scopes);
    if (!request->resource && !request->organization_id)
        list_add(&scopes, "openid");
    return list_join(&scopes, " ");
}

static bool make_form(const struct refresh *refresh, const struct access_request *request,
                      struct buffer *form, struct error *err)
{
    _cleanup_free_ char *scope = choose_scope(request);

    return form_append(form, "grant_type", "refresh_token", err) &&
           form_append_secret(form, "refresh_token", refresh->session->refresh_token, err) &&
           form_append(form, "resource", request->resource, err) &&
           form_append(form, "organization_id", request->organization_id, err) &&
           form_append(form, "scope", scope, err);
}

static bool send_once(struct refresh *refresh, const struct access_request *request,
                      struct token_response *response, struct error *err)
{
    struct session *session = refresh->session;
    struct client client = {session->app_id, session->app_secret};
    _cleanup_buffer_ struct buffer form = BUFFER(TOKEN_FORM_MAXIMUM);

    return make_form(refresh, request, &form, err) &&
           token_endpoint_request(&refresh->context->oidc, &refresh->provider, &client,
                                  "refreshing the session", &form, response, &refresh->failure, err);
}

/* An answer that was lost on its way: the server may have rotated, and will tell again if asked at once. */
static bool answer_was_lost(const struct refresh *refresh, const struct error *err)
{
    return refresh->failure.delivered && refresh->failure.oauth.status == 0 && err->code == ERROR_NETWORK;
}

static bool send(struct refresh *refresh, const struct access_request *request,
                 struct token_response *response, struct error *err)
{
    struct system *system = refresh->context->system;
    int64_t start = system->monotonic(system);

    if (send_once(refresh, request, response, err))
        return true;
    if (!answer_was_lost(refresh, err) || system->monotonic(system) - start > LEEWAY)
        return false;
    log_decision("the answer to the refresh was lost: asking once more within Logto's leeway");
    return send_once(refresh, request, response, err);
}

/* Takes the new refresh and access token over; a server that doesn't rotate sends no new one. */
static void take_tokens(struct refresh *refresh, const struct access_request *request,
                        struct token_response *response)
{
    struct session *session = refresh->session;
    struct system *system = refresh->context->system;
    _cleanup_free_ char *asked = list_join(&request->scopes, " ");
    struct access_token *token = session_put_token(session, request->resource, request->organization_id,
                                                   asked);

    token->token = response->access_token;
    token->scope = response->scope;
    token->expires_at = system->now(system) + response->expires_in;
    response->access_token = NULL;
    response->scope = NULL;
    if (response->refresh_token) {
        secret_free(&session->refresh_token);
        session->refresh_token = response->refresh_token;
        response->refresh_token = NULL;
    }
}

/* A new ID token replaces the old one once it is verified as being about the same person. */
static bool take_id_token(struct refresh *refresh, const struct oidc *oidc, const struct secret *id_token,
                          struct error *err)
{
    struct session *session = refresh->session;
    struct id_token_expectation expected = {.client_id = session->app_id,
                                            .subject = json_string(session->claims, "sub")};
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;

    if (!id_token_verify(oidc, &refresh->provider, id_token, &expected, &jwt, err))
        return false;
    secret_free(&session->id_token);
    session->id_token = secret_copy(id_token);
    json_free(&session->claims);
    session->claims = jwt.claims;
    jwt.claims = NULL;
    return true;
}

/* Storing is tried twice: what isn't stored now is lost, and with it the session. */
static bool store(struct refresh *refresh, struct error *err)
{
    if (session_save(refresh->context, refresh->session, err))
        return true;
    log_decision("the session could not be stored (%s): trying once more", err->message);
    if (session_save(refresh->context, refresh->session, err))
        return true;
    error_context(err, "the refreshed session could not be stored");
    return error_hint(err, "if the next call says that the session has ended: logto login");
}

/*
 * The keys at hand verify the ID token without a request, so that one write is enough nearly always. Only
 * when they don't is the network asked, after everything is safely stored; a failure then costs the new ID
 * token and nothing else.
 */
static bool keep(struct refresh *refresh, const struct access_request *request,
                 struct token_response *response, struct error *err)
{
    struct oidc offline = refresh->context->oidc;
    struct error ignored;
    bool verified;

    take_tokens(refresh, request, response);
    offline.offline = true;
    verified = !response->id_token || take_id_token(refresh, &offline, response->id_token, &ignored);
    FAULT_POINT("before_store");
    if (!store(refresh, err))
        return false;
    FAULT_POINT("after_store");
    if (verified)
        return true;
    if (!take_id_token(refresh, &refresh->context->oidc, response->id_token, &ignored)) {
        log_decision("the new ID token is not used: %s", ignored.message);
        return true;
    }
    if (!session_save(refresh->context, refresh->session, &ignored))
        log_decision("the new ID token is not kept: %s", ignored.message);
    return true;
}

static bool request_and_keep(struct refresh *refresh, const struct access_request *request, struct error *err)
{
    _cleanup_token_response_ struct token_response response = TOKEN_RESPONSE_EMPTY;

    FAULT_POINT("before_request");
    if (!send(refresh, request, &response, err))
        return false;
    FAULT_POINT("response_read");
    return keep(refresh, request, &response, err);
}

/*
 * Logto has used the refresh token up although it refuses the resource (logto-protocol, section 0). Asking
 * again at once without the resource brings a new one; the resource isn't covered any more.
 */
static bool mend(struct refresh *refresh, struct error *err)
{
    struct access_request plain = {.min_ttl = 0};
    const char *resource = refresh->request->resource;

    log_decision("Logto refuses %s now: mending the session", resource);
    session_drop_resource(refresh->session, resource);
    if (!request_and_keep(refresh, &plain, err))
        return error_context(err, "Logto refuses the resource %s, and mending the session failed", resource);
    error_set(err, ERROR_NOT_GRANTED, "Logto no longer grants the resource %s: is it still registered there?",
              resource);
    return hint_login(refresh->context, refresh->session, refresh->request, err);
}

/*
 * The session ends only if it is still the refused one: another process may have signed in or refreshed
 * meanwhile.
 */
static bool end_session(struct refresh *refresh, bool *replaced, struct error *err)
{
    _cleanup_session_ struct session stored = SESSION_EMPTY;
    bool found;

    if (!session_find(refresh->context, &stored, &found, err))
        return false;
    if (found && !secret_equal(stored.refresh_token, refresh->session->refresh_token)) {
        *replaced = true;
        return error_set(err, ERROR_SESSION_ENDED, "the session was replaced meanwhile");
    }
    if (found && !session_forget(refresh->context, err))
        return false;
    error_set(err, ERROR_SESSION_ENDED,
              "Logto no longer accepts this session: it ended, was revoked, or was used elsewhere");
    return hint_login(refresh->context, NULL, NULL, err);
}

static bool explain(struct refresh *refresh, bool *replaced, struct error *err)
{
    const char *error = refresh->failure.oauth.error;
    int status = refresh->failure.oauth.status;

    if (status >= 500 || status == 429) /* the server's own trouble says nothing about the session */
        return false;
    if (strcmp(error, "invalid_grant") == 0)
        return end_session(refresh, replaced, err);
    if (strcmp(error, "invalid_target") == 0 && refresh->request->resource)
        return mend(refresh, err);
    if (strcmp(error, "invalid_scope") == 0 || strcmp(error, "insufficient_scope") == 0 ||
        strcmp(error, "access_denied") == 0 || strcmp(error, "invalid_target") == 0) {
        err->code = ERROR_NOT_GRANTED;
        return error_hint(err,
                          "check the person's roles and organizations in the Logto Console, then sign in "
                          "again: logto login");
    }
    if (strcmp(error, "invalid_client") == 0)
        err->code = ERROR_CONFIG;
    return false;
}

bool refresh_session(struct context *context, struct session *session, const struct access_request *request,
                     bool *replaced, struct error *err)
{
    struct refresh refresh = {.context = context, .session = session, .request = request};
    bool ok;

    *replaced = false;
    if (!discovery_load(&context->oidc, session->issuer, &refresh.provider, err))
        return false;
    interrupt_hold(); /* from here on Logto may have rotated the refresh token */
    ok = request_and_keep(&refresh, request, err) ||
         (refresh.failure.oauth.status && explain(&refresh, replaced, err));
    interrupt_release();
    provider_release(&refresh.provider);
    return ok;
}
