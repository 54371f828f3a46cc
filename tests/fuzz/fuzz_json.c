/* What is read prints, and what is printed reads as the same value, compact and indented. */
#include "fuzz.h"

#include "codec/json.h"

static void check_round_trip(const struct json *value, bool indented)
{
    char *text = json_print(value, indented);
    struct error err = {.message = ""};
    struct json *again = json_parse(text, strlen(text), &err);
    char *text_again = json_print(again, indented);

    if (!again)
        fprintf(stderr, "%s\n%s\n", text, err.message);
    CHECK(again && json_equal(value, again));
    CHECK(strcmp(text, text_again) == 0);
    memory_wipe_free(text_again);
    memory_wipe_free(text);
    json_free(&again);
}

/* Every reader, on every value, as if it were of every type. */
static void look_at(const struct json *value)
{
    _cleanup_list_ struct list list = LIST_EMPTY;
    int64_t number = 0;

    json_strings(value, "a", &list);
    json_string(value, "a");
    json_boolean(value, "a", true);
    if (json_integer(value, "a", &number))
        CHECK(number >= -(INT64_C(1) << 53) && number <= INT64_C(1) << 53);
    for (const struct json *item = json_first(value); item; item = json_next(item)) {
        if (json_is_object(value))
            CHECK(json_name(item) && json_member(value, json_name(item)) == item);
        else
            CHECK(!json_name(item));
        look_at(item);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {.message = ""};
    struct json *value = json_parse((const char *)data, size, &err);
    struct json *copy;

    if (!value) {
        CHECK(err.code == ERROR_PROTOCOL);
        CHECK(strncmp(err.message, "line ", 5) == 0 || strncmp(err.message, "duplicate member ", 17) == 0);
        CHECK(!strchr(err.message, '\n'));
        return 0;
    }
    look_at(value);
    check_round_trip(value, false);
    check_round_trip(value, true);
    copy = json_copy(value);
    CHECK(json_equal(value, copy));
    json_free(&copy);
    json_free(&value);
    return 0;
}
