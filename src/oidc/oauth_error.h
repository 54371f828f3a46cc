/* What a provider answers instead of a success: RFC 6749 section 5.2, and plain HTTP failures. */
#pragma once

#include "base/error.h"
#include "net/http.h"

struct oauth_error {
    int status;            /* HTTP status; 0 when there was no answer */
    char error[64];        /* the `error` word; "" when the answer had none */
    char description[512]; /* error_description, else message; the server's words, unescaped */
};

/*
 * Reads the answer into `out` (may be NULL) and sets `err`: ERROR_RATE_LIMITED for 429, ERROR_NETWORK for
 * 5xx, otherwise ERROR_PROTOCOL; the message begins with `what` ("refreshing") and quotes the server. Always
 * false.
 */
bool oauth_error_read(const char *what, const struct http_response *response, struct oauth_error *out,
                      struct error *err);
