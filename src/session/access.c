#include "session/access.h"

#include "base/file.h"
#include "base/log.h"
#include "logto/scope.h"
#include "session/hint.h"
#include "session/refresh.h"

#include <stdio.h>
#include <string.h>

static bool is_fresh(const struct context *context, int64_t expires_at, int64_t min_ttl)
{
    int64_t left = expires_at - context->system->now(context->system);

    return left > 0 && left >= min_ttl;
}

/* The first thing that is asked for and not covered, in words; NULL when all of it is. */
static const char *first_missing(const struct session *session, const struct access_request *request)
{
    if (request->resource && !list_contains(&session->resources, request->resource))
        return request->resource;
    if (request->organization_id && !list_contains(&session->scopes, LOGTO_SCOPE_ORGANIZATIONS))
        return "organizations";
    return list_missing(&request->scopes, &session->scopes);
}

/* Fails with ERROR_NOT_GRANTED; nothing that isn't covered is ever sent to Logto. */
static bool check_covered(const struct context *context, const struct session *session,
                          const struct access_request *request, struct error *err)
{
    const char *missing = first_missing(session, request);

    if (!missing)
        return true;
    error_set(err, ERROR_NOT_GRANTED, "the session of the profile '%s' does not cover %s",
              context->profile.name, missing);
    return hint_login(context, session, request, err);
}

/* What the refresh is for, seen from the session: which of its times must be good. */
struct goal {
    const struct access_request *request;
    bool id_token;
};

static const struct access_token *find(const struct session *session, const struct access_request *request)
{
    _cleanup_free_ char *asked = list_join(&request->scopes, " ");

    return session_find_token(session, request->resource, request->organization_id, asked);
}

static bool is_reached(const struct context *context, const struct session *session, const struct goal *goal)
{
    const struct access_token *token = find(session, goal->request);
    int64_t exp;

    if (goal->id_token)
        return json_numeric_date(session->claims, "exp", &exp) &&
               is_fresh(context, exp, goal->request->min_ttl);
    return token && is_fresh(context, token->expires_at, goal->request->min_ttl);
}

static bool check_refreshable(const struct session *session, struct error *err)
{
    if (session->refresh_token)
        return true;
    error_set(err, ERROR_SESSION_ENDED, "the session has expired, and Logto gave no refresh token for it");
    return error_hint(err, "logto login");
}

/* Reads the session again, now that nobody else can change it. */
static bool reload(struct context *context, struct session *session, const struct goal *goal, bool *changed,
                   struct error *err)
{
    struct session stored = SESSION_EMPTY;

    if (!session_load(context, &stored, err))
        return false;
    *changed = goal->id_token ? !secret_equal(stored.id_token, session->id_token)
                              : !secret_equal(stored.refresh_token, session->refresh_token);
    session_release(session);
    *session = stored;
    return true;
}

/* Somebody else's refresh while we waited for the lock is as good as ours, even for --refresh. */
static bool reach_locked(struct context *context, struct session *session, const struct goal *goal,
                         struct error *err)
{
    bool changed, replaced;

    for (int attempt = 0; attempt < 2; attempt++) {
        if (!reload(context, session, goal, &changed, err))
            return false;
        if ((changed || !goal->request->force) && is_reached(context, session, goal))
            return true;
        if (!check_covered(context, session, goal->request, err) || !check_refreshable(session, err))
            return false;
        if (refresh_session(context, session, goal->request, &replaced, err))
            return true;
        if (!replaced)
            return false;
    }
    return false;
}

static bool reach(struct context *context, struct session *session, const struct goal *goal,
                  struct error *err)
{
    _cleanup_(file_unlock) int lock = -1;

    if (!goal->request->force && is_reached(context, session, goal))
        return true;
    if (!check_covered(context, session, goal->request, err) || !check_refreshable(session, err))
        return false;
    return session_lock(context, &lock, err) && reach_locked(context, session, goal, err);
}

/*
 * Logto leaves out silently what the person may not do. A script that named a scope must not go on without
 * it.
 */
static bool check_granted(const struct context *context, const struct access_request *request,
                          const struct access_token *token, struct error *err)
{
    _cleanup_list_ struct list granted = LIST_EMPTY;
    const char *missing;

    list_add_words(&granted, token->scope);
    missing = list_missing(&request->scopes, &granted);
    if (!missing || !token->scope)
        return true;
    error_set(
        err, ERROR_NOT_GRANTED,
        "Logto did not grant the scope %s: no role of this person has that permission, or not at the sign-in",
        missing);
    return hint_login(context, NULL, NULL, err);
}

bool session_access_token(struct context *context, struct session *session,
                          const struct access_request *request, const struct access_token **out,
                          struct error *err)
{
    struct goal goal = {.request = request};
    const struct access_token *token;

    if (!reach(context, session, &goal, err))
        return false;
    token = find(session, request);
    if (!token)
        return error_set(err, ERROR_INTERNAL, "the refreshed session has no such token");
    if (!check_granted(context, request, token, err))
        return false;
    *out = token;
    return true;
}

bool session_fresh_id_token(struct context *context, struct session *session, int64_t min_ttl, bool force,
                            struct error *err)
{
    struct access_request request = {.min_ttl = min_ttl, .force = force};
    struct goal goal = {.request = &request, .id_token = true};
    _cleanup_secret_ struct secret *before = secret_copy(session->id_token);
    bool was_reached = is_reached(context, session, &goal);

    if (!reach(context, session, &goal, err))
        return false;
    if ((force || !was_reached) && secret_equal(before, session->id_token))
        return error_set(err, ERROR_PROTOCOL, "Logto gave no new ID token that can be trusted");
    return true;
}
