/* Ending the browser's session at Logto, so that the next sign-in asks for the account again. */
#pragma once

#include "session/interfaces.h"

struct browser_sign_out_options {
    int64_t timeout; /* ms to wait for the browser to come back */
    /* The browser was sent to `url`; `why` says why none was opened, or is NULL. May be NULL. */
    void (*waiting)(void *data, const char *url, const char *why);
    void *data;
};

/*
 * Sends the browser to the end-session endpoint and waits until it is back at http://localhost:PORT/. Logto
 * compares that address exactly, port included: when the port is in use, it does not wait. *confirmed
 * tells whether the browser came back. Fails with ERROR_TIMEOUT, and as discovery does.
 */
bool browser_sign_out(const struct interfaces *interfaces, const struct profile *profile,
                      const struct browser_sign_out_options *options, bool *confirmed, struct error *err);
