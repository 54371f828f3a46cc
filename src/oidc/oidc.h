/* What every exchange with a provider needs: the doors, and how to talk through them. */
#pragma once

#include "base/system.h"
#include "net/http.h"

#include <stdbool.h>

/* Owned by the caller, borrowed by everything in this room. */
struct oidc {
    struct http *http;
    struct system *system;
    const char *language; /* BCP 47, for Accept-Language; or NULL */
    bool allow_plain;     /* --insecure-http */
    bool offline;         /* only what is cached; asking the network fails with ERROR_NETWORK */
    bool leaves_no_trace; /* nothing is kept on disk */
};

#define OIDC_RESPONSE_MAXIMUM ((size_t)256 * 1024)
