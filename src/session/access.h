/*
 * Access tokens that are good for a while: from the session, or from Logto.
 *
 * Logto gives a public app a new refresh token at every use, and a second use later than three seconds after
 * the first ends the whole session. So one process at a time refreshes, looks again after it got the lock,
 * and stores what it was given before it does anything else.
 */
#pragma once

#include "session/session.h"

struct access_request {
    const char *resource;        /* the API, or NULL for Logto's opaque token */
    const char *organization_id; /* or NULL */
    struct list scopes;          /* narrower than granted; empty: all */
    int64_t min_ttl;             /* seconds that the token must still be good for */
    bool force;                  /* refresh even if the one at hand is good */
};

/*
 * Makes sure that `session` (already loaded; it is replaced when it was refreshed) holds what is asked for.
 * *out is owned by the session. Fails with ERROR_NOT_GRANTED    the session doesn't cover it, or Logto no
 * longer grants it; the hint is the login that would ERROR_SESSION_ENDED  there is no refresh token, or Logto
 * no longer accepts it; then the session was removed ERROR_NETWORK, ERROR_TLS, ERROR_PROTOCOL,
 * ERROR_RATE_LIMITED, ERROR_STORE_…   the session stays as it was
 */
bool session_access_token(struct context *context, struct session *session,
                          const struct access_request *request, const struct access_token **out,
                          struct error *err);

/*
 * The same for the ID token: refreshes until it is good for `min_ttl` seconds. It lies in session->id_token
 * afterwards.
 */
bool session_fresh_id_token(struct context *context, struct session *session, int64_t min_ttl, bool force,
                            struct error *err);
