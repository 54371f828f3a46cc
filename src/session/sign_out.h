/* Ending a session: at Logto first, then in the store. */
#pragma once

#include "session/session_store.h"

enum sign_out_result { SIGN_OUT_NOBODY, SIGN_OUT_DONE };

/*
 * Revokes the refresh token and forgets the session; with `local` without asking Logto. When Logto can't be
 * asked the session stays, and the hint says how to forget it all the same.
 */
bool sign_out(const struct interfaces *interfaces, const struct profile *profile, bool local,
              enum sign_out_result *result, struct error *err);
