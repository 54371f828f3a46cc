/* UTF-8 (RFC 3629): the one decoder, and the one definition of what is unsafe to show. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The bytes, 1 to 4, of the character at `text`, and its code point; 0 for invalid UTF-8: an overlong
 * form, a surrogate, a code point beyond U+10FFFF, a sequence that `length` cuts short.
 */
size_t utf8_decode(const char *text, size_t length, uint32_t *point);

/* Whether all of it is UTF-8. */
bool utf8_is_valid(const char *text);

/* Whether the character could move the cursor, change colors, or make text look like other text. */
bool utf8_is_unsafe(uint32_t point);

/* A copy in which unsafe characters and invalid UTF-8 are escaped: \x1b, \u202e. The caller frees it. */
char *utf8_visible(const char *text);
