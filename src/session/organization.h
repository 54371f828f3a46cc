/*
 * The organizations of a session's user: ids from the ID token, names from userinfo's organization_data,
 * which the session keeps as [{"id","name"}].
 */
#pragma once

#include "session/access_request.h"
#include "session/session_store.h"

/* Adds the ids of the organizations that the session knows of. */
void organization_ids(const struct session *session, struct list *out);

/* The name of organization `id`, or NULL when it isn't known. Owned by the session. */
const char *organization_name(const struct session *session, const char *id);

/* Whether the session knows exactly one organization of this name. */
bool organization_name_is_unique(const struct session *session, const char *name);

/* Adds the user's roles in organization `id`, as far as the claims have them. */
void organization_roles(const struct session *session, const char *id, struct list *out);

/* Takes the names from userinfo's claims; without organization_data nothing changes. */
void organizations_take(struct session *session, const struct json *claims);

/*
 * Asks userinfo for the names and stores them with the session, which is replaced when it was refreshed.
 * Fails as session_access_token(), userinfo_fetch() and the store do.
 */
bool organizations_fetch(const struct interfaces *interfaces, const struct profile *profile,
                         struct session *session, struct error *err);

/*
 * The id that goes with an id or name as far as the session knows; otherwise, and when the name is of
 * several, the text itself. Owned by the session, or the argument; NULL for NULL.
 */
const char *organization_known_id(const struct session *session, const char *id_or_name);

/*
 * The id of the user's organization with this id or name; the caller frees it. A name that the session does
 * not know, or knows twice, is asked for once more. Where the session covers no organizations, or is an
 * app's, the text itself: Logto, or session_access_token(), says what is wrong with it. Fails with
 * ERROR_NOT_GRANTED when the user has no such organization, with ERROR_USAGE when there are several of that
 * name, and as organizations_fetch().
 */
char *organization_find(const struct interfaces *interfaces, const struct profile *profile,
                        struct session *session, const char *id_or_name, struct error *err);

/*
 * Puts that id in the place of what the user gave as the organization of `request`, if anything; *owned holds
 * it then, and is the caller's to free.
 */
bool organization_resolve(const struct interfaces *interfaces, const struct profile *profile,
                          struct session *session, struct access_request *request, char **owned,
                          struct error *err);
