#include "codec/json.h"

#include "codec/json_check.h"
#include "codec/json_print.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#define EXACT_INTEGER_MAXIMUM 9007199254740992.0 /* 2^53 */

/* A member while its siblings are searched for a name that occurs twice. */
struct named {
    const char *name;
    size_t index; /* among all the names of the text */
};

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

static int compare_named(const void *a, const void *b)
{
    const struct named *left = a;
    const struct named *right = b;
    int order = strcmp(left->name, right->name);

    return order ? order : (left->index > right->index) - (left->index < right->index);
}

/*
 * Looks for a name that occurs twice in one object, in the order of the text, so that `names`, the number of
 * names passed, tells json_check_name_line() which one it is. Returns it, or NULL.
 */
static const char *find_duplicate(const cJSON *value, size_t *names)
{
    _cleanup_free_ struct named *members = NULL;
    const char *found = NULL;
    size_t count = 0;

    if (cJSON_IsObject(value))
        members = memory_allocate((size_t)cJSON_GetArraySize(value), sizeof(*members));
    for (const cJSON *child = value->child; child && !found; child = child->next) {
        if (members)
            members[count++] = (struct named){child->string, (*names)++};
        found = find_duplicate(child, names);
    }
    if (found || count < 2)
        return found;
    qsort(members, count, sizeof(*members), compare_named);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(members[i - 1].name, members[i].name) == 0) {
            *names = members[i].index;
            return members[i].name;
        }
    }
    return NULL;
}

/* The name comes from outside and may be long or hold anything: it is shown as JSON, and cut. */
static bool refuse_duplicate(const char *text, size_t length, const char *name, size_t index,
                             struct error *err)
{
    _cleanup_buffer_ struct buffer shown = BUFFER(SIZE_MAX - 1);
    size_t size = 0;

    json_print_string(&shown, name);
    while (size < shown.length && size + json_check_utf8(shown.data + size, shown.length - size) <= 80)
        size += json_check_utf8(shown.data + size, shown.length - size);
    return error_set(err, ERROR_PROTOCOL, "line %zu: the member %.*s%s occurs twice",
                     json_check_name_line(text, length, index), (int)size, shown.data,
                     size < shown.length ? "…" : "");
}

struct json *json_parse(const char *text, size_t length, struct error *err)
{
    _cleanup_json_ struct json *value = NULL;
    struct json *result;
    const char *twice;
    size_t names = 0;

    if (!json_check(text, length, err))
        return NULL;
    value = from_node(cJSON_ParseWithLengthOpts(text, length, NULL, false));
    if (!value) { /* json_check() lets nothing pass that cJSON would refuse; the fuzzer watches that */
        error_set(err, ERROR_PROTOCOL, "a JSON text that cJSON can't read");
        return NULL;
    }
    twice = find_duplicate(node(value), &names);
    if (twice) {
        refuse_duplicate(text, length, twice, names, err);
        return NULL;
    }
    result = value;
    value = NULL;
    return result;
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

double json_number(const struct json *value)
{
    return const_node(value)->valuedouble;
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

void json_set_integer(struct json *object, const char *name, int64_t number)
{
    set_node(object, name, cJSON_CreateNumber((double)number));
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
