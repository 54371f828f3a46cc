/* Error responses: RFC 6749 section 5.2, RFC 8628 section 3.5, and plain HTTP failures. */
#pragma once

#include "base/error.h"
#include "net/http.h"

/* The errors that this program distinguishes. */
enum oauth_error_kind {
    OAUTH_NO_RESPONSE,
    OAUTH_ACCESS_DENIED,
    OAUTH_AUTHORIZATION_PENDING, /* RFC 8628, 3.5, as slow_down and expired_token */
    OAUTH_EXPIRED_TOKEN,
    OAUTH_INSUFFICIENT_SCOPE,
    OAUTH_INVALID_CLIENT,
    OAUTH_INVALID_GRANT,
    OAUTH_INVALID_REDIRECT_URI, /* RFC 7591, 3.2.2; Logto says it at the authorization endpoint */
    OAUTH_INVALID_REQUEST,
    OAUTH_INVALID_SCOPE,
    OAUTH_INVALID_TARGET, /* RFC 8707, 2 */
    OAUTH_INVALID_TOKEN,  /* RFC 6750, 3.1 */
    OAUTH_SLOW_DOWN,
    OAUTH_UNAUTHORIZED_CLIENT,
    OAUTH_RATE_LIMITED, /* HTTP 429, whatever the body */
    OAUTH_SERVER_ERROR, /* HTTP 5xx, whatever the body */
    OAUTH_OTHER,
    OAUTH_ERROR_KINDS
};

struct oauth_error {
    enum oauth_error_kind kind;
    int status;            /* HTTP status; 0 when there was no response */
    char error[64];        /* the `error` word; "" when the response had none */
    char description[512]; /* error_description, else message; as the server sent it */
};

/* The kind that an `error` word stands for, wherever it is read. */
enum oauth_error_kind oauth_error_kind(const char *word);

/*
 * Reads the response into `out` (may be NULL) and sets `err`: the code and the hint of the table in
 * oauth_error.c, and a message that begins with `what` ("refreshing the session") and quotes the server.
 * Always returns false.
 */
bool oauth_error_read(const char *what, const struct http_response *response, struct oauth_error *out,
                      struct error *err);
