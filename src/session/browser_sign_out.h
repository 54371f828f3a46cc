/* Ending the browser's session at Logto, so that the next sign-in asks for the account again. */
#pragma once

#include "session/interfaces.h"
#include "session/sign_in.h"

struct browser_sign_out_options {
    int64_t timeout; /* ms to wait for the browser to come back */
    /* The browser was sent there; `why` says why none was opened, or is NULL. May be NULL. */
    void (*waiting)(void *data, const struct sign_in_urls *urls, const char *why);
    /* As in struct sign_in_events. May be NULL. */
    void (*unvisited)(void *data, const char *full);
    void *data;
};

/*
 * Sends the browser to the end-session endpoint and waits until it is back at http://localhost:PORT/. Logto
 * compares that address exactly, port included: when the port is in use, it only waits until the browser has
 * left for Logto. *confirmed tells whether it came back. Fails with ERROR_TIMEOUT, and as discovery does.
 */
bool browser_sign_out(const struct interfaces *interfaces, const struct profile *profile,
                      const struct browser_sign_out_options *options, bool *confirmed, struct error *err);
