/* base64url without padding, RFC 4648 section 5 as narrowed by RFC 7515 appendix C. */
#pragma once

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

/* Characters that `length` bytes encode to, without the NUL. */
#define BASE64URL_LENGTH(length) (((length)*4 + 2) / 3)

/* Writes BASE64URL_LENGTH(length) characters and a NUL to `out`. */
void base64url_encode(const void *bytes, size_t length, char *out);

/*
 * Appends the decoded bytes to `out`. Only the canonical form is accepted: no padding, no white space, no
 * character of the other alphabet, unused bits zero. Fails with ERROR_PROTOCOL.
 */
bool base64url_decode(const char *text, size_t length, struct buffer *out, struct error *err);
