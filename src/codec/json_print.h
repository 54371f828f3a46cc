/* What the writer of JSON texts needs to know of a value. Private to the files of json.h. */
#pragma once

#include "base/buffer.h"
#include "codec/json.h"

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* The value must not be NULL. */
enum json_kind json_kind(const struct json *value);

/* The value of a JSON_NUMBER; finite. */
double json_number(const struct json *value);

/* Appends the text as a JSON string with its quotes. Bytes that aren't UTF-8 become U+FFFD. */
void json_print_string(struct buffer *out, const char *text);
