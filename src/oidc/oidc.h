/* What every exchange with a provider needs. */
#pragma once

#include "base/system.h"
#include "net/http.h"

#include <stdbool.h>

/* Owned by the caller, borrowed by everything in this module. */
struct oidc {
    struct http *http;
    struct system *system;
    const char *language; /* BCP 47, for Accept-Language; or NULL */
    bool allow_plain;     /* --insecure-http */
    bool offline;         /* only what is cached; asking the network fails with ERROR_NETWORK */
    bool leaves_no_trace; /* nothing is written to disk */
};

#define OIDC_RESPONSE_MAXIMUM ((size_t)256 * 1024)

/*
 * Sends `request`, to which language, cap and `allow_plain` are added here. Otherwise like http->send();
 * `delivered` may be NULL.
 */
bool oidc_send(const struct oidc *oidc, struct http_request *request, struct http_response *response,
               bool *delivered, struct error *err);
