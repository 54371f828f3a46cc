/* One refresh at Logto, under the session's lock: behind access.h. */
#pragma once

#include "session/access_request.h"
#include "session/session_store.h"

/*
 * Uses the refresh token of `session`, which was just read from the store and is changed in place, and stores
 * what comes back before anything else can fail, with signals held. A lost response is asked for once more
 * while Logto still allows it. Fails as session_access_token() does; *replaced becomes true when Logto
 * refused the refresh token but the store has got another one meanwhile, so that trying again makes sense.
 */
bool refresh_session(const struct interfaces *interfaces, const struct profile *profile,
                     struct session *session, const struct access_request *request, bool *replaced,
                     struct error *err);
