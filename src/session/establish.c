#include "session/establish.h"

#include "base/fault.h"
#include "base/interrupt.h"
#include "base/lock.h"
#include "base/log.h"
#include "logto/scope.h"
#include "oidc/revoke.h"
#include "session/grant.h"
#include "session/organization.h"
#include "session/store_move.h"
#include "session/warm.h"

#include <string.h>

static bool check_identity(const struct oidc *oidc, const struct sign_in_expectation *expected,
                           const struct token_response *tokens, struct session *session, struct error *err)
{
    struct id_token_expectation id_token = {
        .client_id = expected->client.id, .nonce = expected->nonce, .access_token = tokens->access_token};

    if (expected->machine)
        return session->machine = true;
    if (!tokens->id_token)
        return error_set(err, ERROR_PROTOCOL, "the token response has no id_token");
    return grant_take_id_token(session, oidc, expected->provider, tokens->id_token, &id_token, err);
}

/*
 * Logto silently omits scopes that are unknown or not granted. Its own scopes are in the response; those of
 * an API are only in that API's tokens, so they count as covered once they were requested.
 */
static void take_scopes(const struct list *asked, const char *scope, struct list *out)
{
    _cleanup_list_ struct list granted = LIST_EMPTY;

    list_add_words(&granted, scope);
    for (size_t i = 0; i < asked->count; i++)
        if (!scope || list_contains(&granted, asked->items[i]) || !logto_scope_is_reserved(asked->items[i]))
            list_add(out, asked->items[i]);
}

static void fill_session(const struct profile *profile, const struct sign_in_expectation *expected,
                         struct token_response *tokens, int64_t now, struct session *session)
{
    struct access_request asked = {.resource = expected->resource};

    session->profile = memory_duplicate(profile->name);
    session->endpoint = memory_duplicate(profile->endpoint);
    session->issuer = memory_duplicate(profile->issuer);
    session->app_id = memory_duplicate(expected->client.id);
    session->app_secret = secret_copy(expected->client.secret);
    session->signed_in_at = now;
    take_scopes(expected->scopes, expected->machine ? NULL : tokens->scope, &session->scopes);
    list_add_all(&session->resources, expected->resources);
    grant_take_tokens(session, &asked, tokens, now);
}

static bool is_same_user(const struct session *a, const struct session *b)
{
    const char *first = json_string(a->claims, "sub"), *second = json_string(b->claims, "sub");

    return first && second && strcmp(first, second) == 0;
}

/*
 * Another user's session, or another app's, would become unreachable. The same user's with the same app is
 * not revoked: in one browser session both belong to one grant at Logto, and revoking it would end the new
 * session too.
 */
static void revoke_earlier(const struct oidc *oidc, const struct sign_in_expectation *expected,
                           const struct session *earlier, const struct session *session)
{
    struct client client = {earlier->app_id, earlier->app_secret};
    bool same_user = is_same_user(earlier, session);
    struct error why;
    bool revoked;

    if (!earlier->claims || (same_user && strcmp(earlier->app_id, session->app_id) == 0))
        return;
    revoked = !earlier->refresh_token ||
              revoke_refresh_token(oidc, expected->provider, &client, earlier->refresh_token, &why);
    if (!same_user && expected->events->replaced)
        expected->events->replaced(expected->events->data, earlier->claims, revoked ? NULL : why.message);
}

/* Saves the session where the profile says; an earlier one in another store is removed. */
static bool save(const struct interfaces *interfaces, const struct profile *profile,
                 const struct session *session, struct session *earlier, struct error *err)
{
    _cleanup_store_move_ struct store_move move = STORE_MOVE_EMPTY;

    return store_move_begin(interfaces, profile, &move, earlier, err) &&
           session_save(interfaces, profile, session, err) &&
           store_move_finish(interfaces, profile, &move, err);
}

static bool store(const struct interfaces *interfaces, const struct profile *profile,
                  const struct session *session, struct session *earlier, struct error *err)
{
    _cleanup_(lock_release) int lock = -1;
    bool found = false, ok;

    if (!session_lock(interfaces, profile, &lock, err))
        return false;
    warm_drop(profile);                                             /* another session gets another key */
    (void)session_find(interfaces, profile, earlier, &found, NULL); /* what can't be read is replaced */
    interrupt_hold();
    ok = save(interfaces, profile, session, earlier, err);
    interrupt_release();
    return ok;
}

/* The sign-in does not depend on them: a name that is missing is asked for when it is needed. */
static void learn_organizations(const struct interfaces *interfaces, const struct profile *profile,
                                struct session *session)
{
    struct error why;

    if (!session->machine && list_contains(&session->scopes, LOGTO_SCOPE_ORGANIZATIONS) &&
        !organizations_fetch(interfaces, profile, session, &why))
        log_decision("the names of the organizations are unknown: %s", why.message);
}

bool session_establish(const struct interfaces *interfaces, const struct profile *profile,
                       const struct sign_in_expectation *expected, struct token_response *tokens,
                       struct session *out, struct error *err)
{
    struct oidc oidc = interfaces_oidc(interfaces, profile);
    _cleanup_session_ struct session session = SESSION_EMPTY, earlier = SESSION_EMPTY;

    FAULT_POINT("tokens_read");
    if (!check_identity(&oidc, expected, tokens, &session, err))
        return false;
    fill_session(profile, expected, tokens, interfaces->system->now(interfaces->system), &session);
    if (!store(interfaces, profile, &session, &earlier, err))
        return false;
    revoke_earlier(&oidc, expected, &earlier, &session);
    learn_organizations(interfaces, profile, &session);
    *out = session;
    session = (struct session)SESSION_EMPTY;
    return true;
}
