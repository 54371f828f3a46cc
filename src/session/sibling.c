#include "session/sibling.h"

#include "session/session_store.h"

#include <string.h>

static bool is_candidate(const struct profile *profile, const struct profile *other)
{
    return strcmp(profile->name, other->name) != 0 && other->issuer && profile_app(other) &&
           strcmp(profile->issuer, other->issuer) == 0;
}

static bool is_same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* An app by itself has no grant. */
static bool share_grant(const struct session *a, const struct session *b)
{
    return is_same(a->app_id, b->app_id) &&
           is_same(json_string(a->claims, "sub"), json_string(b->claims, "sub"));
}

/* Another store might have to be unlocked: there it is enough that there is a session. */
static bool may_share_grant(const struct interfaces *interfaces, const struct profile *profile,
                            const struct session *session, const struct profile *other)
{
    _cleanup_session_ struct session theirs = SESSION_EMPTY;
    bool found = false;

    if (strcmp(profile->store, other->store) != 0)
        return is_same(session->app_id, profile_app(other)) && !session_check_none(interfaces, other, NULL);
    return session_find(interfaces, other, &theirs, &found, NULL) && found && share_grant(session, &theirs);
}

static void consider(const struct interfaces *interfaces, const struct profile *profile,
                     struct session *session, const struct profile *other, struct list *names)
{
    bool found;

    if (!is_candidate(profile, other))
        return;
    if (!session->app_id && (!session_find(interfaces, profile, session, &found, NULL) || !found))
        return;
    if (!session->machine && may_share_grant(interfaces, profile, session, other))
        list_add(names, other->name);
}

void siblings_find(const struct interfaces *interfaces, const struct config *config,
                   const struct profile *profile, struct list *names)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;
    _cleanup_list_ struct list all = LIST_EMPTY;

    if (!profile->issuer || !profile_app(profile))
        return;
    config_profile_names(config, &all);
    for (size_t i = 0; i < all.count; i++) {
        _cleanup_profile_ struct profile other = PROFILE_EMPTY;

        if (config_read_profile(config, all.items[i], &other, NULL))
            consider(interfaces, profile, &session, &other, names);
    }
}
