#include "codec/json.h"
#include "codec/json_check.h"

#include <stdlib.h>
#include <string.h>

/* Exponents beyond it count as it: such a number is zero, or too small for any use. */
enum { EXPONENT_MAXIMUM = 1000000 };

/* ±0.DIGITS × 10^exponent, without zeros at either end of the digits; zero has none. */
struct decimal {
    bool negative;
    char digits[JSON_NUMBER_LENGTH_MAXIMUM];
    size_t count;
    long exponent;
};

struct member {
    const char *name;
    const struct json *value;
};

static long read_exponent(const char *text)
{
    long exponent = *text ? strtol(text + 1, NULL, 10) : 0;

    if (exponent > EXPONENT_MAXIMUM)
        return EXPONENT_MAXIMUM;
    return exponent < -EXPONENT_MAXIMUM ? -EXPONENT_MAXIMUM : exponent;
}

static struct decimal read_decimal(const char *text)
{
    struct decimal number = {.negative = *text == '-'};
    const char *significand = text + number.negative;
    size_t length = strcspn(significand, "eE");

    number.exponent = read_exponent(significand + length) + (long)strcspn(significand, ".eE");
    for (size_t i = 0; i < length; i++) {
        if (significand[i] == '.')
            continue;
        if (significand[i] != '0' || number.count > 0)
            number.digits[number.count++] = significand[i];
        else
            number.exponent--;
    }
    while (number.count > 0 && number.digits[number.count - 1] == '0')
        number.count--;
    return number;
}

/* By their digits: doubles would make 9007199254740993 and …992 one. */
static bool equal_numbers(const char *a, const char *b)
{
    struct decimal left = read_decimal(a);
    struct decimal right = read_decimal(b);

    if (left.count == 0 || right.count == 0)
        return left.count == right.count;
    return left.negative == right.negative && left.exponent == right.exponent && left.count == right.count &&
           memcmp(left.digits, right.digits, left.count) == 0;
}

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
        return equal_numbers(json_number(a), json_number(b));
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
