/* Waiting for the redirect of a sign-in: from the browser, or pasted at the terminal. Behind sign_in.h. */
#pragma once

#include "session/sign_in.h"

/*
 * Appends the query of the redirect that carries `state` to `query`. Fails with ERROR_TIMEOUT when `deadline`
 * (ms, monotonic) passes first, or with the listener's error.
 */
bool redirect_wait(struct context *context, const struct sign_in_options *options, struct loopback *loopback,
                   const struct secret *state, int64_t deadline, struct buffer *query, struct error *err);

#define REDIRECT_QUERY_MAXIMUM ((size_t)16 * 1024)
