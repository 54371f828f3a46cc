/*
 * The grammar of JSON, RFC 8259, checked strictly before cJSON parses a text: cJSON accepts more than JSON
 * (a byte order mark, control characters as white space, "+1", broken UTF-8). Private to the files of json.h.
 */
#pragma once

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* The longest number, in characters: cJSON reads no more of one. */
#define JSON_NUMBER_LENGTH_MAXIMUM 63

/*
 * Whether the text is exactly one value. Its numbers, as written and in their order, are appended to
 * `numbers`, each with a NUL behind it. Fails with ERROR_PROTOCOL and "line N: what".
 */
bool json_check(const char *text, size_t length, struct buffer *numbers, struct error *err);
