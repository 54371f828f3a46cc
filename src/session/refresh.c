#include "session/refresh.h"

#include "base/fault.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "codec/url.h"
#include "session/grant.h"
#include "session/hint.h"
#include "session/warm.h"

/* Logto accepts a used refresh token for three seconds; one is reserved for latency. */
#define LEEWAY 2000 /* ms */

/* One refresh under way. */
struct refresh {
    const struct interfaces *interfaces;
    const struct profile *profile;
    struct session *session;
    const struct access_request *request;
    struct oidc oidc;
    struct provider provider;
    struct token_failure failure;
    bool held; /* signals wait */
};

/* From here on Logto may have rotated the refresh token; before, leaving costs nothing. */
static void hold_signals(void *data)
{
    struct refresh *refresh = data;

    if (!refresh->held)
        interrupt_hold();
    refresh->held = true;
}

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

    token_failure_release(&refresh->failure);
    refresh->failure = (struct token_failure){.lost = false};
    return make_form(refresh, request, &form, err) &&
           token_endpoint_request(&refresh->oidc, &refresh->provider, &client, "refreshing the session",
                                  &form, response, &refresh->failure, err);
}

/* When a response is lost, the server may have rotated, and sends another one if asked at once. */
static bool send_request(struct refresh *refresh, const struct access_request *request,
                         struct token_response *response, struct error *err)
{
    struct system *system = refresh->interfaces->system;
    int64_t start = system->monotonic(system);

    if (send_once(refresh, request, response, err))
        return true;
    if (!refresh->failure.lost || system->monotonic(system) - start > LEEWAY)
        return false;
    log_decision("the response to the refresh was lost: repeating the request");
    return send_once(refresh, request, response, err);
}

/* A new ID token replaces the old one once it is verified as being about the same user. */
static bool take_id_token(struct refresh *refresh, const struct oidc *oidc, const struct secret *id_token,
                          struct error *err)
{
    struct session *session = refresh->session;
    struct id_token_expectation expected = {.client_id = session->app_id,
                                            .subject = json_string(session->claims, "sub")};

    return grant_take_id_token(session, oidc, &refresh->provider, id_token, &expected, err);
}

/* Storing is tried twice: what isn't stored now is lost, and with it the session. */
static bool store(struct refresh *refresh, struct error *err)
{
    if (session_save(refresh->interfaces, refresh->profile, refresh->session, err))
        return true;
    log_decision("cannot store the session (%s): trying once more", err->message);
    if (session_save(refresh->interfaces, refresh->profile, refresh->session, err))
        return true;
    error_context(err, "cannot store the refreshed session");
    return hint_command(refresh->profile,
                        "if the next command reports that the session has ended, run: logto login", err);
}

/* Nothing that came with a refused ID token is used; the refresh token is, or the session would be lost. */
static void distrust(struct session *session, struct token_response *response)
{
    secret_free(&response->access_token);
    session->unproven = true;
}

static bool fail_unproven(const struct refresh *refresh, const struct error *why, struct error *err)
{
    error_set(err, ERROR_PROTOCOL, "%s", why->message);
    error_context(err, "cannot verify the user of the refreshed session");
    return hint_login(refresh->profile, refresh->session, NULL, err);
}

/*
 * What to do with the response's ID token, judged with `oidc`: true when it was taken or there is none. False
 * and *why otherwise; ERROR_PROTOCOL means that it was refused, anything else that it could not be judged.
 */
static bool judge_id_token(struct refresh *refresh, const struct oidc *oidc, struct token_response *response,
                           struct error *why)
{
    if (!response->id_token)
        return true;
    if (!take_id_token(refresh, oidc, response->id_token, why)) {
        if (why->code == ERROR_PROTOCOL)
            distrust(refresh->session, response);
        return false;
    }
    refresh->session->unproven = false;
    return true;
}

/* The network is only asked for keys after everything is safely stored; what comes of it is a second write.
 */
static bool judge_again(struct refresh *refresh, struct token_response *response, struct error *err)
{
    struct error why;
    bool taken = judge_id_token(refresh, &refresh->oidc, response, &why);

    if (!taken && why.code != ERROR_PROTOCOL) {
        log_decision("cannot keep the new ID token: %s", why.message);
        return true;
    }
    if (!taken)
        session_drop_tokens(refresh->session);
    if (!session_save(refresh->interfaces, refresh->profile, refresh->session, taken ? &why : err)) {
        log_decision("cannot keep the new ID token: %s", taken ? why.message : err->message);
        return taken;
    }
    return taken || fail_unproven(refresh, &why, err);
}

/* The cached keys judge the ID token without a request, so that one write is enough nearly always. */
static bool keep(struct refresh *refresh, const struct access_request *request,
                 struct token_response *response, struct error *err)
{
    struct system *system = refresh->interfaces->system;
    struct oidc offline = refresh->oidc;
    struct error why = {.code = ERROR_NONE};
    bool judged;

    offline.offline = true;
    judged = judge_id_token(refresh, &offline, response, &why) || why.code == ERROR_PROTOCOL;
    grant_take_tokens(refresh->session, request, response, system->now(system));
    FAULT_POINT("before_store");
    if (!store(refresh, err))
        return false;
    FAULT_POINT("after_store");
    if (why.code == ERROR_PROTOCOL)
        return fail_unproven(refresh, &why, err);
    return judged || judge_again(refresh, response, err);
}

/* A response that is refused may bring a refresh token all the same; then the one that was sent is used up.
 */
static bool keep_refresh_token(struct refresh *refresh, struct error *err)
{
    struct error why;

    if (!refresh->failure.refresh_token)
        return false;
    secret_free(&refresh->session->refresh_token);
    refresh->session->refresh_token = TAKE(refresh->failure.refresh_token);
    if (!store(refresh, &why))
        *err = why;
    return false;
}

static bool request_and_keep(struct refresh *refresh, const struct access_request *request, struct error *err)
{
    _cleanup_token_response_ struct token_response response = TOKEN_RESPONSE_EMPTY;

    FAULT_POINT("before_request");
    if (!send_request(refresh, request, &response, err))
        return keep_refresh_token(refresh, err);
    FAULT_POINT("response_read");
    return keep(refresh, request, &response, err);
}

/*
 * Logto has used the refresh token up although it refuses the resource (logto-protocol, section 0). Asking
 * again at once without the resource brings a new one; the resource isn't covered any more.
 */
static bool recover_without_resource(struct refresh *refresh, struct error *err)
{
    struct access_request plain = {.min_ttl = 0};
    const char *resource = refresh->request->resource;

    log_decision("Logto no longer grants %s: refreshing without it", resource);
    session_remove_resource(refresh->session, resource);
    if (!request_and_keep(refresh, &plain, err))
        return error_context(err, "Logto no longer grants the resource %s, and refreshing without it failed",
                             resource);
    error_set(err, ERROR_NOT_GRANTED,
              "Logto no longer grants the resource %s; it may no longer be registered", resource);
    return hint_login(refresh->profile, refresh->session, refresh->request, err);
}

/* The session ends only if the store still has the refused one: another process may have replaced it. */
static bool end_session(struct refresh *refresh, bool *replaced, struct error *err)
{
    _cleanup_session_ struct session stored = SESSION_EMPTY;
    bool found;

    warm_drop(refresh->profile);
    if (!session_find(refresh->interfaces, refresh->profile, &stored, &found, err))
        return false;
    if (found && !secret_equal(stored.refresh_token, refresh->session->refresh_token)) {
        *replaced = true;
        return error_set(err, ERROR_SESSION_ENDED, "the session was replaced by another process");
    }
    if (found && !session_forget(refresh->interfaces, refresh->profile, err))
        return false;
    error_set(err, ERROR_SESSION_ENDED,
              "Logto no longer accepts this session: it expired, was revoked, or was used elsewhere");
    return hint_login(refresh->profile, refresh->session, NULL, err);
}

/* Ends the session, or recovers without the resource; leaves other refusals alone. Always returns false. */
static bool handle_refusal(struct refresh *refresh, bool *replaced, struct error *err)
{
    enum oauth_error_kind kind = refresh->failure.oauth.kind;

    if (kind == OAUTH_INVALID_GRANT)
        return end_session(refresh, replaced, err);
    if (kind == OAUTH_INVALID_TARGET && refresh->request->resource)
        return recover_without_resource(refresh, err);
    return false;
}

/* What can fail does so before the refresh token is spent. */
static bool prepare(struct refresh *refresh, struct error *err)
{
    return discovery_load(&refresh->oidc, refresh->session->issuer, &refresh->provider, err) &&
           (session_prepare(refresh->interfaces, refresh->profile, err) ||
            error_context(err, "the session cannot be refreshed"));
}

bool refresh_session(const struct interfaces *interfaces, const struct profile *profile,
                     struct session *session, const struct access_request *request, bool *replaced,
                     struct error *err)
{
    struct refresh refresh = {.interfaces = interfaces,
                              .profile = profile,
                              .session = session,
                              .request = request,
                              .oidc = interfaces_oidc(interfaces, profile)};
    bool ok = false;

    *replaced = false;
    if (prepare(&refresh, err)) {
        refresh.oidc.sending = hold_signals;
        refresh.oidc.sending_data = &refresh;
        ok = request_and_keep(&refresh, request, err) || handle_refusal(&refresh, replaced, err);
        if (refresh.held)
            interrupt_release();
    }
    token_failure_release(&refresh.failure);
    provider_release(&refresh.provider);
    return ok;
}
