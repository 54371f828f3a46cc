/* One refresh at Logto, under the session's lock: behind access.h. */
#pragma once

#include "session/access.h"

/*
 * Uses the refresh token of `session` and stores what comes back, in this order and with signals held in
 * between. `session` is the one just read from the store and is changed in place. A lost answer is asked for
 * once more while Logto still allows it. Fails as session_access_token() does; *replaced becomes true when
 * Logto refused the refresh token but the store has meanwhile got another one, so that trying again makes
 * sense.
 */
bool refresh_session(struct context *context, struct session *session, const struct access_request *request,
                     bool *replaced, struct error *err);
