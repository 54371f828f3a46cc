/* What every exchange with a provider needs. */
#pragma once

#include "base/system.h"
#include "net/http.h"

#include <stdbool.h>

/* Owned by the caller, borrowed by everything in this module. */
struct oidc {
    struct http *http;
    struct system *system;
    const char *language;        /* BCP 47, for Accept-Language; or NULL */
    bool allow_plain;            /* --insecure-http */
    bool offline;                /* use only the cache; requests fail with ERROR_NETWORK */
    bool leaves_no_trace;        /* write nothing to disk */
    bool bypasses_cache;         /* read nothing from it either */
    int timeout;                 /* ms for an exchange; 0: HTTP_TIMEOUT */
    void (*sending)(void *data); /* see http_request */
    void *sending_data;
};

/* Clocks that differ by more are named where a token is refused for its times, seconds. */
#define CLOCK_TOLERANCE 60

/*
 * What to add to the message about such a token: "; the clock of this machine is 2 hours behind the
 * server's", or "" when it isn't, as far as the server that was asked last has said. The caller frees it.
 */
char *oidc_clock_note(const struct http *http);

#define OIDC_RESPONSE_MAXIMUM ((size_t)256 * 1024)

/*
 * http->send() with language, size limit, timeout and `allow_plain` of `oidc`; `delivered` may be NULL.
 */
bool oidc_send(const struct oidc *oidc, struct http_request *request, struct http_response *response,
               bool *delivered, struct error *err);
