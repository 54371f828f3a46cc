/* Signing in with the browser: the authorization code flow with PKCE for a native app (RFC 8252). */
#pragma once

#include "session/session_store.h"
#include "session/sign_in.h"

struct sign_in_browser_options {
    bool port_fixed; /* fail rather than use another port */
    bool open_browser;
    int paste_descriptor; /* where redirect URLs may be pasted, or -1 */
    const char *host; /* named on the last page: where we run, when the browser may run elsewhere; or NULL */
};

/*
 * Signs in with `profile`. The session in `out` has been stored. Fails with ERROR_TIMEOUT, ERROR_DENIED,
 * ERROR_PORT_IN_USE, ERROR_PROTOCOL (an invalid response), and as network and store do.
 */
bool sign_in_browser(const struct interfaces *interfaces, const struct profile *profile,
                     const struct sign_in_request *request, const struct sign_in_browser_options *options,
                     struct session *out, struct error *err);
