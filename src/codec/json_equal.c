#include "codec/json_print.h"

#include <stdlib.h>
#include <string.h>

struct member {
    const char *name;
    const struct json *value;
};

static size_t count_items(const struct json *value)
{
    size_t count = 0;

    for (const struct json *item = json_first(value); item; item = json_next(item))
        count++;
    return count;
}

static int compare_names(const void *a, const void *b)
{
    const struct member *left = a;
    const struct member *right = b;

    return strcmp(left->name, right->name);
}

/* The members of an object, sorted by name; the caller frees them. */
static struct member *sorted_members(const struct json *object, size_t count)
{
    struct member *members = memory_allocate(count, sizeof(*members));
    size_t i = 0;

    for (const struct json *value = json_first(object); value; value = json_next(value))
        members[i++] = (struct member){json_name(value), value};
    qsort(members, count, sizeof(*members), compare_names);
    return members;
}

static bool equal_arrays(const struct json *a, const struct json *b)
{
    a = json_first(a);
    b = json_first(b);
    for (; a && b; a = json_next(a), b = json_next(b))
        if (!json_equal(a, b))
            return false;
    return !a && !b;
}

/* Sorting first: looking each member up would take time that grows with the square of their number. */
static bool equal_objects(const struct json *a, const struct json *b)
{
    size_t count = count_items(a);
    _cleanup_free_ struct member *members = NULL;
    _cleanup_free_ struct member *others = NULL;

    if (count != count_items(b))
        return false;
    members = sorted_members(a, count);
    others = sorted_members(b, count);
    for (size_t i = 0; i < count; i++)
        if (compare_names(&members[i], &others[i]) != 0 || !json_equal(members[i].value, others[i].value))
            return false;
    return true;
}

bool json_equal(const struct json *a, const struct json *b)
{
    if (!a || !b || json_kind(a) != json_kind(b))
        return a == b;
    switch (json_kind(a)) {
    case JSON_NUMBER:
        return json_number(a) == json_number(b);
    case JSON_STRING:
        return strcmp(json_text(a), json_text(b)) == 0;
    case JSON_ARRAY:
        return equal_arrays(a, b);
    case JSON_OBJECT:
        return equal_objects(a, b);
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE:
    default:
        return true;
    }
}
