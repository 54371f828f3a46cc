/* The header fields of a response that are used here (RFC 9110, RFC 9111), apart from any HTTP library. */
#pragma once

#include "net/http.h"

#include <stddef.h>
#include <time.h>

/* Unix seconds of an HTTP date, or -1: curl_getdate(). */
typedef time_t http_date(const char *text, const time_t *unused);

/* As before any header: a new header section begins, of the response after an interim one, say. */
void http_header_reset(struct http_response *response);

/*
 * Reads one header line, of `length` bytes. What isn't used, can't be read, or is longer than 4095 bytes is
 * passed over.
 */
void http_header_read(struct http_response *response, const char *line, size_t length, http_date *date);

/* The status of a status line, "HTTP/1.1 200 OK"; 0 for any other line. */
int http_header_status(const char *line, size_t length);
