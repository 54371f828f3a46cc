/* Ending a session: at Logto first, then in the store. */
#pragma once

#include "session/session_store.h"

enum sign_out_result {
    SIGN_OUT_NOT_SIGNED_IN,
    SIGN_OUT_DONE,
    SIGN_OUT_MACHINE, /* only forgotten: Logto cannot revoke what it issued to a machine-to-machine app */
};

/*
 * Revokes the refresh token and removes the session; with `local` without revoking. When revoking fails the
 * session is kept, and the hint says how to remove it anyway.
 */
bool sign_out(const struct interfaces *interfaces, const struct profile *profile, bool local,
              enum sign_out_result *result, struct error *err);
