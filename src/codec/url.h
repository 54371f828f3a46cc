/*
 * The URLs this program deals with: absolute http and https URLs (RFC 3986), queries and forms
 * (application/x-www-form-urlencoded). Not a general parser: anything else is refused.
 */
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "base/secret.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct url {
    bool secure;      /* https */
    char host[256];   /* lower case; an IPv6 address without its brackets, in its shortest form */
    bool ipv6;        /* host is an IPv6 literal */
    uint16_t port;    /* the scheme's own when the URL names none */
    char path[1024];  /* as written, "/" at least; without query */
    char query[2048]; /* as written without '?', "" when there is none */
};

#define URL_MAXIMUM (sizeof(struct url) + 32)

/*
 * Accepts scheme, host, optional port, path and query. Refuses user information, a fragment, control
 * characters, spaces, backslashes and everything else that two parsers could read differently: IPv4 addresses
 * in another form than four decimal numbers, empty labels, "." and ".." in the path, also between escaped
 * slashes. Fails with ERROR_USAGE; the message doesn't repeat the URL.
 */
bool url_parse(const char *text, struct url *out, struct error *err);

/*
 * Appends `url` with everything percent-encoded that isn't needed in a URL and that a shell or a terminal may
 * take for more than text: quotes, $, `, ;, parentheses, bytes beyond ASCII and their like.
 */
bool url_append(struct buffer *out, const char *url, struct error *err);

/*
 * Appends the URL in its canonical form, which url_parse() reads back as the same: what was parsed is what is
 * sent. Fails with ERROR_PROTOCOL when the buffer's maximum is reached; URL_MAXIMUM is always enough.
 */
bool url_format(struct buffer *out, const struct url *url, struct error *err);

/* scheme://host[:port], without a path; the caller frees it. */
char *url_origin(const struct url *url);

/* Whether scheme, host and port are the same (RFC 6454, 5). */
bool url_same_origin(const struct url *a, const struct url *b);

/* Whether the host is localhost, in 127.0.0.0/8, or ::1 (RFC 8252, 7.3 and 8.3). */
bool url_is_loopback(const struct url *url);

/*
 * These three append everything or nothing and fail with ERROR_PROTOCOL when the buffer's maximum is reached.
 *
 * Appends `name=value` to a query or form, with "&" before it unless the buffer is empty or ends in '?'.
 * Percent-encodes all but unreserved characters (a space becomes %20, which forms accept as well). A NULL
 * value adds nothing.
 */
bool form_append(struct buffer *form, const char *name, const char *value, struct error *err);
bool form_append_secret(struct buffer *form, const char *name, const struct secret *value, struct error *err);

/* Appends `text` percent-encoded. */
bool form_encode(struct buffer *out, const char *text, size_t length, struct error *err);

/* How often a parameter occurs in a query, and its decoded value. */
enum form_result {
    FORM_ABSENT,
    FORM_ONCE,
    FORM_REPEATED, /* RFC 6749, 3.1: parameters must not be included more than once */
    FORM_MALFORMED /* a bad percent escape, or a NUL */
};

/*
 * Finds `name` in `query` (without '?'). On FORM_ONCE the decoded value is appended to `out`; else it is
 * untouched. A value that `out` has no room for is FORM_MALFORMED. A NULL query is empty.
 */
enum form_result form_find(const char *query, const char *name, struct buffer *out);

/*
 * Whether `name` occurs exactly once with this value, compared in constant time. False for a NULL
 * or empty value.
 */
bool form_carries(const char *query, const char *name, const struct secret *value);
