/*
 * Access tokens that are valid for a while: from the session, or from Logto.
 *
 * Logto rotates a public app's refresh token at every use, and reusing one more than three seconds later ends
 * the session. So one process at a time refreshes, reads the session again once it has the lock, and stores
 * the response before it does anything else.
 */
#pragma once

#include "session/access_request.h"
#include "session/session_store.h"

/*
 * Makes sure that `session` (already loaded; it is replaced when it was refreshed) holds what is asked for.
 * *out is owned by the session. Fails with
 * - ERROR_NOT_GRANTED: the session doesn't cover it, or Logto no longer grants it; the hint is the
 *   login that would. Or a new token is not valid for as long as demanded;
 * - ERROR_SESSION_ENDED: there is no refresh token, or Logto no longer accepts it and the session was
 *   removed;
 * - ERROR_NETWORK, ERROR_TLS, ERROR_PROTOCOL, ERROR_RATE_LIMITED, ERROR_STORE_…: the session stays.
 */
bool session_access_token(const struct interfaces *interfaces, const struct profile *profile,
                          struct session *session, const struct access_request *request,
                          const struct access_token **out, struct error *err);

/*
 * The same for the ID token in session->id_token.
 */
bool session_fresh_id_token(const struct interfaces *interfaces, const struct profile *profile,
                            struct session *session, int64_t min_ttl, bool force, struct error *err);

/*
 * Whether a new token that is valid for `lifetime` seconds is what the request demands; another one would be
 * no better. Fails with ERROR_NOT_GRANTED.
 */
bool access_check_lifetime(const struct access_request *request, int64_t lifetime, struct error *err);

/* Whether the session holds such a token already, so that session_access_token() asks nobody. */
bool session_has_access_token(const struct interfaces *interfaces, const struct session *session,
                              const struct access_request *request);

/*
 * The same without a loaded session: the warm tokens (warm.h) answer where they can, without the store, which
 * may be locked; and the organization may be given by name (organization.h). `session` must be SESSION_EMPTY;
 * what it becomes is only good for reading the token. Fails as session_load() does, too.
 */
bool session_obtain_access_token(const struct interfaces *interfaces, const struct profile *profile,
                                 struct session *session, const struct access_request *request,
                                 const struct access_token **out, struct error *err);
bool session_obtain_id_token(const struct interfaces *interfaces, const struct profile *profile,
                             struct session *session, int64_t min_ttl, bool force, struct error *err);
