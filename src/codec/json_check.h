/*
 * The grammar of JSON, RFC 8259, checked to the letter before cJSON sees a text: cJSON reads more than JSON
 * (a byte order mark, control characters as white space, "+1", broken UTF-8). Private to the files of json.h.
 */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* The longest number, in characters: cJSON reads no more of one. */
#define JSON_NUMBER_LENGTH_MAXIMUM 63

/* Whether the text is exactly one value. Fails with ERROR_PROTOCOL and "line N: what". */
bool json_check(const char *text, size_t length, struct error *err);

/*
 * The line of member name number `index`, counted from 0 in the order of a text that
 * json_check() accepted.
 */
size_t json_check_name_line(const char *text, size_t length, size_t index);

/*
 * How many bytes the UTF-8 sequence at `text` has, 1 to 4; 0 when it isn't a valid one (RFC 3629, 4).
 * `length` > 0.
 */
size_t json_check_utf8(const char *text, size_t length);
