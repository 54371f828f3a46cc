#include "codec/json.h"

#include "base/utf8.h"
#include "codec/json_check.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXACT_INTEGER_MAXIMUM 9007199254740992.0 /* 2^53 */

/* How much of a member's name a message shows, in bytes. */
enum { NAME_SHOWN_MAXIMUM = 60 };

static void *allocate(size_t size)
{
    return memory_allocate(size, 1);
}

/* Before main(), so that there is no first use for two threads to race for. */
__attribute__((constructor)) static void install_wiping_allocator(void)
{
    cJSON_Hooks hooks = {.malloc_fn = allocate, .free_fn = memory_wipe_free};

    cJSON_InitHooks(&hooks);
}

static cJSON *node(struct json *value)
{
    return (cJSON *)(void *)value;
}

static const cJSON *const_node(const struct json *value)
{
    return (const cJSON *)(const void *)value;
}

static struct json *from_node(cJSON *value)
{
    return (struct json *)(void *)value;
}

static const struct json *from_const_node(const cJSON *value)
{
    return (const struct json *)(const void *)value;
}

/* ---- reading a text ---- */

static int compare_names(const void *a, const void *b)
{
    const char *const *left = a;
    const char *const *right = b;

    return strcmp(*left, *right);
}

/* The names of an object's members, sorted; the caller frees the array. */
static const char **sorted_names(const cJSON *object, size_t count)
{
    const char **names = memory_allocate(count, sizeof(*names));
    size_t i = 0;

    for (const cJSON *member = object->child; member; member = member->next)
        names[i++] = member->string;
    qsort(names, count, sizeof(*names), compare_names);
    return names;
}

/* A name that occurs twice in one object, at any depth, or NULL. */
static const char *find_duplicate(const cJSON *value)
{
    size_t count = cJSON_IsObject(value) ? (size_t)cJSON_GetArraySize(value) : 0;
    _cleanup_free_ const char **names = count > 1 ? sorted_names(value, count) : NULL;
    const char *found = NULL;

    for (size_t i = 1; i < count && !found; i++)
        found = strcmp(names[i - 1], names[i]) == 0 ? names[i] : NULL;
    for (const cJSON *child = value->child; child && !found; child = child->next)
        found = find_duplicate(child);
    return found;
}

static bool refuse_duplicate(const char *name, struct error *err)
{
    _cleanup_free_ char *shown = utf8_visible(name);
    size_t length = strlen(shown);
    size_t size = 0;
    uint32_t point;

    while (size < length && size < NAME_SHOWN_MAXIMUM)
        size += utf8_decode(shown + size, length - size, &point);
    return error_set(err, ERROR_PROTOCOL, "duplicate member \"%.*s%s\"", (int)size, shown,
                     size < length ? "…" : "");
}

/*
 * A double can't hold every number, so each number's node keeps its text, in the member where cJSON frees and
 * copies a string's. `numbers` are what json_check() found.
 */
static void keep_number_texts(cJSON *value, const char **numbers)
{
    if (cJSON_IsNumber(value)) {
        value->valuestring = memory_duplicate(*numbers);
        *numbers += strlen(*numbers) + 1;
    }
    for (cJSON *child = value->child; child; child = child->next)
        keep_number_texts(child, numbers);
}

struct json *json_parse(const char *text, size_t length, struct error *err)
{
    _cleanup_buffer_ struct buffer numbers = BUFFER(SIZE_MAX - 1);
    _cleanup_json_ struct json *value = NULL;
    const char *duplicate;
    const char *next_number;

    if (!json_check(text, length, &numbers, err))
        return NULL;
    value = from_node(cJSON_ParseWithLengthOpts(text, length, NULL, false));
    if (!value) { /* json_check() accepts nothing that cJSON refuses; the fuzzer checks that */
        error_set(err, ERROR_PROTOCOL, "invalid JSON");
        return NULL;
    }
    duplicate = find_duplicate(node(value));
    if (duplicate) {
        refuse_duplicate(duplicate, err);
        return NULL;
    }
    next_number = buffer_text(&numbers);
    keep_number_texts(node(value), &next_number);
    return TAKE(value);
}

/* ---- looking at values ---- */

bool json_is_object(const struct json *value)
{
    return cJSON_IsObject(const_node(value));
}

bool json_is_array(const struct json *value)
{
    return cJSON_IsArray(const_node(value));
}

const struct json *json_member(const struct json *object, const char *name)
{
    if (!json_is_object(object))
        return NULL;
    return from_const_node(cJSON_GetObjectItemCaseSensitive(const_node(object), name));
}

struct json *json_member_for_change(struct json *object, const char *name)
{
    return from_node(cJSON_GetObjectItemCaseSensitive(node(object), name));
}

const char *json_text(const struct json *value)
{
    return cJSON_GetStringValue(const_node(value));
}

const char *json_string(const struct json *object, const char *name)
{
    return json_text(json_member(object, name));
}

bool json_numeric_date(const struct json *object, const char *name, int64_t *out)
{
    const cJSON *member = const_node(json_member(object, name));

    if (!cJSON_IsNumber(member) || member->valuedouble < -EXACT_INTEGER_MAXIMUM ||
        member->valuedouble > EXACT_INTEGER_MAXIMUM)
        return false;
    *out = (int64_t)member->valuedouble;
    if ((double)*out > member->valuedouble)
        (*out)--;
    return true;
}

bool json_is_boolean(const struct json *value)
{
    return cJSON_IsBool(const_node(value));
}

bool json_integer(const struct json *object, const char *name, int64_t *out)
{
    const cJSON *member = const_node(json_member(object, name));
    double number = cJSON_IsNumber(member) ? member->valuedouble : 0.5;

    if (number < -EXACT_INTEGER_MAXIMUM || number > EXACT_INTEGER_MAXIMUM ||
        (double)(int64_t)number != number)
        return false;
    *out = (int64_t)number;
    return true;
}

bool json_boolean(const struct json *object, const char *name, bool fallback)
{
    const cJSON *member = const_node(json_member(object, name));

    return cJSON_IsBool(member) ? cJSON_IsTrue(member) : fallback;
}

void json_strings(const struct json *object, const char *name, struct list *out)
{
    const struct json *array = json_member(object, name);

    if (!json_is_array(array))
        return;
    for (const struct json *element = json_first(array); element; element = json_next(element))
        if (json_text(element))
            list_append(out, json_text(element));
}

const struct json *json_first(const struct json *value)
{
    return value ? from_const_node(const_node(value)->child) : NULL;
}

const struct json *json_next(const struct json *element)
{
    return element ? from_const_node(const_node(element)->next) : NULL;
}

const char *json_name(const struct json *member)
{
    return member ? const_node(member)->string : NULL;
}

enum json_kind json_kind(const struct json *value)
{
    switch (const_node(value)->type & 0xff) {
    case cJSON_False:
        return JSON_FALSE;
    case cJSON_True:
        return JSON_TRUE;
    case cJSON_Number:
        return JSON_NUMBER;
    case cJSON_String:
        return JSON_STRING;
    case cJSON_Array:
        return JSON_ARRAY;
    case cJSON_Object:
        return JSON_OBJECT;
    default:
        return JSON_NULL;
    }
}

const char *json_number(const struct json *value)
{
    return cJSON_IsNumber(const_node(value)) ? const_node(value)->valuestring : NULL;
}

/* ---- making values ---- */

struct json *json_object(void)
{
    return from_node(cJSON_CreateObject());
}

struct json *json_array(void)
{
    return from_node(cJSON_CreateArray());
}

struct json *json_copy(const struct json *value)
{
    return from_node(cJSON_Duplicate(const_node(value), true));
}

static cJSON *text_node(const char *text)
{
    return text ? cJSON_CreateString(text) : cJSON_CreateNull();
}

static cJSON *integer_node(int64_t number)
{
    cJSON *value = cJSON_CreateNumber((double)number);

    value->valuestring = memory_format("%" PRId64, number);
    return value;
}

static void set_node(struct json *object, const char *name, cJSON *value)
{
    if (json_member(object, name))
        cJSON_ReplaceItemInObjectCaseSensitive(node(object), name, value);
    else
        cJSON_AddItemToObject(node(object), name, value);
}

void json_set_string(struct json *object, const char *name, const char *text)
{
    set_node(object, name, text_node(text));
}

void json_set_text(struct json *object, const char *name, const char *text)
{
    if (text)
        json_set_string(object, name, text);
}

void json_set_integer(struct json *object, const char *name, int64_t number)
{
    set_node(object, name, integer_node(number));
}

void json_set_boolean(struct json *object, const char *name, bool truth)
{
    set_node(object, name, cJSON_CreateBool(truth));
}

void json_set_null(struct json *object, const char *name)
{
    set_node(object, name, cJSON_CreateNull());
}

void json_set_list(struct json *object, const char *name, const struct list *list)
{
    struct json *array = json_array();

    for (size_t i = 0; i < list->count; i++)
        json_append_string(array, list->items[i]);
    json_set(object, name, array);
}

void json_set(struct json *object, const char *name, struct json *value)
{
    set_node(object, name, node(value));
}

void json_remove(struct json *object, const char *name)
{
    cJSON_DeleteItemFromObjectCaseSensitive(node(object), name);
}

void json_append(struct json *array, struct json *value)
{
    cJSON *element = node(value);

    /* A copy of a member still has its name, which an element must not. */
    cJSON_free(element->string);
    element->string = NULL;
    cJSON_AddItemToArray(node(array), element);
}

void json_append_string(struct json *array, const char *text)
{
    cJSON_AddItemToArray(node(array), text_node(text));
}

void json_free(struct json **value)
{
    cJSON_Delete(node(*value));
    *value = NULL;
}
