/* Waiting for the redirect of a sign-in: from the browser, or pasted at the terminal. */
#pragma once

#include "net/loopback.h"
#include "session/sign_in.h"

#define REDIRECT_QUERY_MAXIMUM ((size_t)16 * 1024)

/* ms in which a browser that was opened fetches the short URL. */
#define REDIRECT_VISIT_TIMEOUT 30000

struct redirect_wait {
    struct loopback *loopback;
    struct system *system;
    const struct secret *state;
    const struct sign_in_events *events;
    const char *full_url; /* for events->unvisited */
    int paste_descriptor; /* or -1 */
    int64_t timeout;      /* ms */
};

/*
 * Appends the query of the redirect that carries the state to `query`. Fails with ERROR_TIMEOUT, or with the
 * listener's error.
 */
bool redirect_wait(const struct redirect_wait *wait, struct buffer *query, struct error *err);
