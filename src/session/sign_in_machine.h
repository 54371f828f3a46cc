/* Signing in as a machine-to-machine app (RFC 6749, 4.4): its secret is proven once and stored. */
#pragma once

#include "session/session_store.h"
#include "session/sign_in.h"

/*
 * Requests a token for the first of request->resources, or without one only proves request->app_secret. The
 * session in `out` has been stored. Fails as machine_request() and session_establish().
 */
bool sign_in_machine(const struct interfaces *interfaces, const struct profile *profile,
                     const struct sign_in_request *request, struct session *out, struct error *err);
