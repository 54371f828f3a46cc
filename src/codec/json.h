/*
 * JSON values, over cJSON, with a strict parser: RFC 8259, no duplicate member names, no NUL, valid UTF-8,
 * bounded depth. Values are wiped when they are freed, because they may hold credentials.
 */
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "base/list.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json;

#define _cleanup_json_ _cleanup_(json_free)
#define JSON_DEPTH_MAXIMUM 32

/*
 * Reads one value from exactly `length` bytes. Fails with ERROR_PROTOCOL and a message that names the line
 * ("line 3: …") or the duplicate member. The caller frees the result with json_free().
 */
struct json *json_parse(const char *text, size_t length, struct error *err);

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* Reading. All but json_kind() accept NULL as the value and treat it as a missing member. */
enum json_kind json_kind(const struct json *value);
bool json_is_object(const struct json *value);
bool json_is_array(const struct json *value);
const struct json *json_member(const struct json *object, const char *name);
/* The same, for modifying. */
struct json *json_member_for_change(struct json *object, const char *name);
/* The text of a string member, or NULL when it is missing or of another type. Owned by the value. */
const char *json_string(const struct json *object, const char *name);
/* False, and *out untouched, when missing, not an integer, or beyond ±2^53. */
bool json_integer(const struct json *object, const char *name, int64_t *out);
/* A NumericDate (RFC 7519, 2) in whole seconds, rounded down; otherwise like json_integer(). */
bool json_numeric_date(const struct json *object, const char *name, int64_t *out);
bool json_boolean(const struct json *object, const char *name, bool fallback);
bool json_is_boolean(const struct json *value);
/* The text of a string value itself, or NULL. */
const char *json_text(const struct json *value);
/* A number as it was written ("1e3", digits beyond a double's precision), or NULL. Owned by the value. */
const char *json_number(const struct json *value);
/* Appends the strings of an array member to `out`, as often as they occur; other elements are passed over. */
void json_strings(const struct json *object, const char *name, struct list *out);
/* Iteration over members or elements: for (e = json_first(v); e; e = json_next(e)). */
const struct json *json_first(const struct json *value);
const struct json *json_next(const struct json *element);
/* The member's name; NULL for an array element and for a top-level value. */
const char *json_name(const struct json *member);
/* Whether two values are the same: members in any order, numbers in any spelling, with all their digits. */
bool json_equal(const struct json *a, const struct json *b);

/*
 * Making. Setters replace a member of the same name in its place, or add it at the end; NULL text stores
 * null. Texts are copied.
 */
struct json *json_object(void);
struct json *json_array(void);
struct json *json_copy(const struct json *value);
void json_set_string(struct json *object, const char *name, const char *text);
void json_set_text(struct json *object, const char *name, const char *text); /* NULL sets nothing */
void json_set_integer(struct json *object, const char *name, int64_t number);
void json_set_boolean(struct json *object, const char *name, bool truth);
void json_set_null(struct json *object, const char *name);
void json_set_list(struct json *object, const char *name, const struct list *list);
/* Takes ownership of `value`. */
void json_set(struct json *object, const char *name, struct json *value);
void json_remove(struct json *object, const char *name);
/* Take ownership of `value`, or copy the text. */
void json_append(struct json *array, struct json *value);
void json_append_string(struct json *array, const char *text);

/*
 * Compact ({"a":1}) or indented by two spaces, without a final line break; NULL gives "null". Numbers are
 * printed as they were read; what is unsafe to show (base/utf8.h) is escaped; bytes that aren't UTF-8 become
 * U+FFFD. Wipe and free it with memory_wipe_free().
 */
char *json_print(const struct json *value, bool indented);

/* Wipes and frees; sets *value to NULL. */
void json_free(struct json **value);
