#include "session/access.h"

#include "base/lock.h"
#include "base/log.h"
#include "logto/scope.h"
#include "session/grant.h"
#include "session/hint.h"
#include "session/machine.h"
#include "session/organization.h"
#include "session/refresh.h"
#include "session/warm.h"

#include <inttypes.h>

#define DEFAULT_TTL 60 /* seconds */

/* What the session must hold in the end. */
struct goal {
    const struct interfaces *interfaces;
    const struct profile *profile;
    const struct access_request *request;
    bool id_token; /* an ID token rather than an access token */
};

static int64_t now(const struct goal *goal)
{
    struct system *system = goal->interfaces->system;

    return system->now(system);
}

bool access_check_lifetime(const struct access_request *request, int64_t lifetime, struct error *err)
{
    if (lifetime >= request->min_ttl)
        return true;
    error_set(err, ERROR_NOT_GRANTED,
              "Logto's new token is valid for %" PRId64 " second%s, less than the %" PRId64 " requested",
              lifetime, lifetime == 1 ? "" : "s", request->min_ttl);
    return error_hint(err, "use a shorter --min-ttl, or have Logto issue tokens that live longer (Logto "
                           "Console, API resources)");
}

/* The first requested item that the session does not cover, for messages; NULL when it covers all. */
static const char *first_missing(const struct session *session, const struct access_request *request)
{
    if (session->machine) /* what it may have is up to Logto, and asking costs nothing */
        return NULL;
    if (request->resource && !list_contains(&session->resources, request->resource))
        return request->resource;
    if (request->organization_id && !list_contains(&session->scopes, LOGTO_SCOPE_ORGANIZATIONS))
        return "organizations";
    return list_missing(&request->scopes, &session->scopes);
}

/* What isn't covered is never requested from Logto. */
static bool check_covered(const struct goal *goal, const struct session *session, struct error *err)
{
    const char *missing = first_missing(session, goal->request);

    if (!missing)
        return true;
    error_set(err, ERROR_NOT_GRANTED, "the session of the profile '%s' does not cover %s",
              goal->profile->name, missing);
    return hint_login(goal->profile, session, goal->request, err);
}

static bool check_refreshable(const struct goal *goal, const struct session *session, struct error *err)
{
    if (!check_covered(goal, session, err))
        return false;
    if (session->refresh_token || (session->machine && session->app_secret))
        return true;
    error_set(err, ERROR_SESSION_ENDED, "the session has expired and has no refresh token");
    return hint_login(goal->profile, session, NULL, err);
}

static const struct access_token *find_token(const struct session *session,
                                             const struct access_request *request)
{
    _cleanup_free_ char *asked = grant_asked_scope(request);

    return session_find_token(session, machine_resource(session, request),
                              organization_known_id(session, request->organization_id), asked);
}

/* 0 when there is no such token. */
static int64_t find_expiry(const struct goal *goal, const struct session *session)
{
    const struct access_token *token;
    int64_t exp;

    if (goal->id_token)
        return json_numeric_date(session->claims, "exp", &exp) ? exp : 0;
    token = find_token(session, goal->request);
    return token ? token->expires_at : 0;
}

static bool is_reached(const struct goal *goal, const struct session *session)
{
    int64_t left = find_expiry(goal, session) - now(goal);
    int64_t wanted = goal->request->min_ttl;

    return !session->unproven && left > 0 && left >= (wanted == ACCESS_TTL_DEFAULT ? DEFAULT_TTL : wanted);
}

/* Measured from before the request was sent, so that a slow store does not shorten a lifetime. */
static bool check_lifetime(const struct goal *goal, const struct session *session, int64_t since,
                           struct error *err)
{
    int64_t expiry = find_expiry(goal, session);

    return !expiry || access_check_lifetime(goal->request, expiry - since, err);
}

/* Reads the session again, now that no other process can change it. */
static bool reload(const struct goal *goal, struct session *session, bool *changed, struct error *err)
{
    struct session stored = SESSION_EMPTY;

    if (!session_load(goal->interfaces, goal->profile, &stored, err))
        return false;
    *changed = goal->id_token ? !secret_equal(stored.id_token, session->id_token)
                              : !secret_equal(stored.refresh_token, session->refresh_token);
    session_release(session);
    *session = stored;
    return true;
}

/*
 * One refresh, or two for a session whose user is unproven: a refresh for an API brings no ID token, so that
 * one without a resource comes first.
 */
static bool refresh_and_prove(const struct goal *goal, struct session *session, bool *replaced,
                              struct error *err)
{
    struct access_request plain = {.min_ttl = 0};

    *replaced = false;
    if (session->machine)
        return machine_refresh(goal->interfaces, goal->profile, session, goal->request, err);
    if (session->unproven) {
        if (!refresh_session(goal->interfaces, goal->profile, session, &plain, replaced, err))
            return false;
        if (session->unproven)
            return error_set(err, ERROR_PROTOCOL,
                             "Logto returned no ID token that verifies the user of this session");
        if (is_reached(goal, session))
            return true;
    }
    return refresh_session(goal->interfaces, goal->profile, session, goal->request, replaced, err);
}

/* Another process's refresh while we waited for the lock is as good as ours, even for --refresh. */
static bool refresh_locked(const struct goal *goal, struct session *session, struct error *err)
{
    bool changed, replaced;
    int64_t since;

    for (int attempt = 0; attempt < 2; attempt++) {
        if (!reload(goal, session, &changed, err))
            return false;
        if ((changed || !goal->request->force) && is_reached(goal, session))
            return true;
        if (!check_refreshable(goal, session, err))
            return false;
        since = now(goal);
        if (refresh_and_prove(goal, session, &replaced, err))
            return goal->id_token || check_lifetime(goal, session, since, err);
        if (!replaced)
            return false;
    }
    return false;
}

static bool ensure_fresh(const struct goal *goal, struct session *session, struct error *err)
{
    _cleanup_(lock_release) int lock = -1;

    if (!goal->request->force && is_reached(goal, session))
        return true;
    return check_refreshable(goal, session, err) &&
           session_lock(goal->interfaces, goal->profile, &lock, err) && refresh_locked(goal, session, err);
}

/* Of a machine app the profile's scopes count as named, where they can only be those of one API. */
static const char *first_ungranted(const struct goal *goal, const struct session *session,
                                   const struct list *granted)
{
    const struct profile *profile = goal->profile;
    bool all = session->machine && goal->request->scopes.count == 0 && profile->resources.count <= 1;

    return list_missing(all ? &profile->scopes : &goal->request->scopes, granted);
}

/* Whether the warm tokens are all that is needed; then the store isn't asked. */
static bool take_warm(const struct goal *goal, struct session *session)
{
    _cleanup_session_ struct session warm = SESSION_EMPTY;

    if (goal->request->force || !warm_read(goal->profile, &warm))
        return false;
    if (!is_reached(goal, &warm)) {
        log_decision("the warm tokens do not include this one, or it expires too soon");
        return false;
    }
    *session = warm;
    warm = (struct session)SESSION_EMPTY;
    return true;
}

/* Logto silently omits scopes that it doesn't grant. A script that named one must not continue without it. */
static bool check_granted(const struct goal *goal, const struct session *session,
                          const struct access_token *token, struct error *err)
{
    _cleanup_list_ struct list granted = LIST_EMPTY;
    const char *missing;

    list_add_words(&granted, token->scope);
    missing = first_ungranted(goal, session, &granted);
    if (!missing || !token->scope)
        return true;
    if (session->machine) {
        error_set(err, ERROR_NOT_GRANTED, "Logto did not grant the scope %s to the app", missing);
        return error_hint(err, "give the app a role with that permission in the Logto Console");
    }
    error_set(
        err, ERROR_NOT_GRANTED,
        "Logto did not grant the scope %s: the user has no role with that permission, or did not have it "
        "when signing in",
        missing);
    return hint_login(goal->profile, NULL, NULL, err);
}

bool session_has_access_token(const struct interfaces *interfaces, const struct session *session,
                              const struct access_request *request)
{
    struct goal goal = {interfaces, NULL, request, false};

    return !request->force && is_reached(&goal, session);
}

static bool take_token(const struct goal *goal, const struct session *session,
                       const struct access_token **out, struct error *err)
{
    const struct access_token *token = find_token(session, goal->request);

    if (!token)
        return error_set(err, ERROR_INTERNAL, "the refreshed session has no such token");
    if (!check_granted(goal, session, token, err))
        return false;
    *out = token;
    return true;
}

bool session_access_token(const struct interfaces *interfaces, const struct profile *profile,
                          struct session *session, const struct access_request *request,
                          const struct access_token **out, struct error *err)
{
    struct goal goal = {interfaces, profile, request, false};

    return ensure_fresh(&goal, session, err) && take_token(&goal, session, out, err);
}

bool session_obtain_access_token(const struct interfaces *interfaces, const struct profile *profile,
                                 struct session *session, const struct access_request *request,
                                 const struct access_token **out, struct error *err)
{
    struct access_request wanted = *request; /* its list is borrowed */
    _cleanup_free_ char *organization_id = NULL;
    struct goal goal = {interfaces, profile, &wanted, false};

    if (!take_warm(&goal, session) &&
        (!session_load(interfaces, profile, session, err) ||
         !organization_resolve(interfaces, profile, session, &wanted, &organization_id, err) ||
         !ensure_fresh(&goal, session, err)))
        return false;
    return take_token(&goal, session, out, err);
}

bool session_fresh_id_token(const struct interfaces *interfaces, const struct profile *profile,
                            struct session *session, int64_t min_ttl, bool force, struct error *err)
{
    struct access_request request = {.min_ttl = min_ttl, .force = force};
    struct goal goal = {interfaces, profile, &request, true};
    _cleanup_secret_ struct secret *before = secret_copy(session->id_token);
    int64_t since = now(&goal);
    bool was_reached;

    if (session->machine)
        return error_set(err, ERROR_USAGE, "a machine-to-machine app has no ID token");
    was_reached = is_reached(&goal, session);
    if (!ensure_fresh(&goal, session, err))
        return false;
    if ((force || !was_reached) && secret_equal(before, session->id_token))
        return error_set(err, ERROR_PROTOCOL, "Logto returned no valid new ID token");
    return check_lifetime(&goal, session, since, err);
}

bool session_obtain_id_token(const struct interfaces *interfaces, const struct profile *profile,
                             struct session *session, int64_t min_ttl, bool force, struct error *err)
{
    struct access_request request = {.min_ttl = min_ttl, .force = force};
    struct goal goal = {interfaces, profile, &request, true};

    return take_warm(&goal, session) ||
           (session_load(interfaces, profile, session, err) &&
            session_fresh_id_token(interfaces, profile, session, min_ttl, force, err));
}
