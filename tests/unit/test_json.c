#include "unit.h"

#include "codec/json.h"

#include <stdio.h>
#include <stdlib.h>

static struct json *parse(const char *text)
{
    struct error err = {.message = ""};
    struct json *value = json_parse(text, strlen(text), &err);

    if (!value)
        fail_msg("%s: %s", text, err.message);
    return value;
}

static void expect_refusal(const char *text, size_t length, const char *start, const char *part)
{
    struct error err;
    struct json *value = json_parse(text, length, &err);

    if (value)
        fail_msg("accepted: %s", text);
    assert_error(&err, ERROR_PROTOCOL, part);
    assert_memory_equal(err.message, start, strlen(start));
}

static void refuse_bytes(const char *text, size_t length, const char *part)
{
    expect_refusal(text, length, "line ", part);
}

static void refuse(const char *text, const char *part)
{
    refuse_bytes(text, strlen(text), part);
}

static void refuse_duplicate(const char *text, const char *name)
{
    expect_refusal(text, strlen(text), "duplicate member ", name);
}

static void expect_print(const struct json *value, bool indented, const char *expected)
{
    char *text = json_print(value, indented);

    assert_string_equal(text, expected);
    memory_wipe_free(text);
}

/* The text, read and printed again, is `expected`. */
static void expect_reading(const char *text, const char *expected)
{
    _cleanup_json_ struct json *value = parse(text);

    expect_print(value, false, expected);
}

static void reads_every_kind(void **state)
{
    (void)state;
    expect_reading("{}", "{}");
    expect_reading(" [ ] ", "[]");
    expect_reading("\r\n\t null \n", "null");
    expect_reading("[true,false,null,\"x\",-1.5e3]", "[true,false,null,\"x\",-1.5e3]");
    expect_reading("{\"a\" : {\"b\":[{}]} ,\"A\":1}", "{\"a\":{\"b\":[{}]},\"A\":1}");
    expect_reading("\"\"", "\"\"");
}

/* RFC 8259, 7; and 13 for the surrogate pair. */
static void reads_escapes(void **state)
{
    (void)state;
    expect_reading("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\"");
    expect_reading("\"\\u0041\\u00e9\\u20AC\\uD834\\udd1e\"", "\"A\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e\"");
    expect_reading("\"\\u001f\\u007f\\u009b\"", "\"\\u001f\\u007f\\u009b\"");
    expect_reading("\"\xef\xbf\xbd\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80\"",
                   "\"\xef\xbf\xbd\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80\"");
}

static void refuses_broken_escapes(void **state)
{
    (void)state;
    refuse("\"\\u0000\"", "\\u0000");
    refuse("\"\\ud800\"", "surrogate");
    refuse("\"\\ud800x\"", "surrogate");
    refuse("\"\\ud800\\n\"", "surrogate");
    refuse("\"\\ud800\\u0041\"", "surrogate");
    refuse("\"\\ud800\\ud800\"", "surrogate");
    refuse("\"\\udc00\\ud800\"", "surrogate");
    refuse("\"\\udc00\"", "surrogate");
    refuse("\"\\udc00\\udc00\"", "surrogate");
    refuse("\"\\u12g4\"", "hexadecimal");
    refuse("\"\\u123", "hexadecimal");
    refuse("\"\\x41\"", "escape");
    refuse("\"\\'\"", "escape");
    refuse("\"\\", "escape");
    refuse_bytes("\"\\\0\"", 4, "escape");
}

static void refuses_broken_utf_8(void **state)
{
    static const char *const broken[] = {
        "\x80",
        "\xbf",
        "\xc0\x80",
        "\xc1\xbf",
        "\xc3",
        "\xc3(",
        "\xe0\x80\x80",
        "\xe0\x9f\xbf",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xe2\x82",
        "\xe2\x28\xa1",
        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "\xfe",
        "\xf0\x9f\x98",
        "\xf8\x88\x80\x80\x80",
    };
    char text[16];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
        snprintf(text, sizeof(text), "\"%s\"", broken[i]);
        refuse(text, "UTF-8");
        snprintf(text, sizeof(text), "\"%s", broken[i]);
        refuse(text, "UTF-8");
        snprintf(text, sizeof(text), "{\"%s\":1}", broken[i]);
        refuse(text, "UTF-8");
    }
}

static void refuses_control_characters(void **state)
{
    char text[] = "\"?\"";

    (void)state;
    for (char control = 0; control < 0x20; control++) {
        text[1] = control;
        refuse_bytes(text, 3, "control character");
    }
    refuse_bytes("\0", 1, "0x00");
    refuse_bytes("1\0", 2, "0x00");
    refuse_bytes("{\0}", 3, "0x00");
    refuse("\f1", "0x0c");
    refuse("1\v", "0x0b");
    refuse("\xc2\xa0"
           "1",
           "0xc2");
    refuse("\xef\xbb\xbf{}", "byte order mark");
}

static void refuses_what_is_not_json(void **state)
{
    (void)state;
    refuse("", "unexpected end");
    refuse("  \n ", "line 2: unexpected end");
    refuse("{", "member name");
    refuse("[", "value");
    refuse("[1", "',' or ']'");
    refuse("[1,", "value");
    refuse("[1,]", "comma");
    refuse("[,1]", "','");
    refuse("[1 2]", "'2'");
    refuse("{\"a\"}", "':'");
    refuse("{\"a\":}", "'}'");
    refuse("{\"a\":1,}", "comma");
    refuse("{a:1}", "unexpected 'a', expected a member name");
    refuse("{'a':1}", "member name");
    refuse("{1:1}", "member name");
    refuse("{\"a\":1 \"b\":2}", "',' or '}'");
    refuse("[1}", "'}'");
    refuse("{\"a\":1]", "']'");
    refuse("1 2", "the end");
    refuse("{}{}", "the end");
    refuse("\"abc", "the end of a string");
    refuse("tru", "a value");
    refuse("truE", "a value");
    refuse("True", "a value");
    refuse("nulll", "the end");
    refuse("NaN", "a value");
    refuse("Infinity", "a value");
    refuse("// c\n1", "a value");
    refuse("/* c */1", "a value");
}

/* RFC 8259, 6; printed with every character they were read with. */
static void keeps_numbers_as_written(void **state)
{
    static const char *const numbers[] = {
        "0",
        "-0",
        "-0.0",
        "0.5",
        "1E+2",
        "1e-7",
        "0.10",
        "3.141592653589793238462643383279",
        "1e300",
        "9007199254740993",
        "-9007199254740993",
        "18446744073709551616",
        "1719792000",
        "1e-999",
        "100000000000000000000000000000000000000000000000000000000000000",
    };
    char text[256];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
        expect_reading(numbers[i], numbers[i]);
        snprintf(text, sizeof(text), "{\"1\":[\"2\",%s,[-3,{\"\\\"4\":%s}],5]}", numbers[i], numbers[i]);
        expect_reading(text, text);
    }
}

/* The text that a number was read from may be gone, and may have had more behind it. */
static void keeps_numbers_in_copies(void **state)
{
    char text[] = "[{\"a\":9007199254740993,\"b\":[-1.50,\"7\"]},1E2]9";
    struct error err;
    struct json *value = json_parse(text, strlen(text) - 1, &err);
    _cleanup_json_ struct json *copy = json_copy(value);
    _cleanup_json_ struct json *object = json_object();

    (void)state;
    memset(text, 'x', sizeof(text));
    json_set(object, "n", json_copy(json_member(json_first(value), "a")));
    json_free(&value);
    expect_print(copy, false, "[{\"a\":9007199254740993,\"b\":[-1.50,\"7\"]},1E2]");
    expect_print(object, false, "{\"n\":9007199254740993}");
    assert_string_equal(json_number(json_member(object, "n")), "9007199254740993");
    json_set_integer(object, "n", INT64_MIN);
    json_set_integer(object, "m", INT64_MAX);
    expect_print(object, false, "{\"n\":-9223372036854775808,\"m\":9223372036854775807}");
    json_set_string(object, "n", "1");
    assert_null(json_number(json_member(object, "n")));
    assert_null(json_string(object, "m"));
}

static void refuses_broken_numbers(void **state)
{
    (void)state;
    refuse("01", "leading zero");
    refuse("-01", "leading zero");
    refuse("-", "digit");
    refuse("-a", "digit");
    refuse("+1", "'+'");
    refuse(".5", "'.'");
    refuse("1.", "digit");
    refuse("1.e1", "digit");
    refuse("1e", "digit");
    refuse("1e+", "digit");
    refuse("0x1", "the end");
    refuse("1,5", "the end");
    refuse("1e309", "too large");
    refuse("-1e309", "too large");
    refuse("[1.5e999]", "too large");
    refuse("1000000000000000000000000000000000000000000000000000000000000000", "too long");
}

static void bounds_the_depth(void **state)
{
    char text[4 * JSON_DEPTH_MAXIMUM] = "";

    (void)state;
    memset(text, '[', JSON_DEPTH_MAXIMUM);
    memset(text + JSON_DEPTH_MAXIMUM, ']', JSON_DEPTH_MAXIMUM);
    expect_reading(text, text);
    memset(text, '[', JSON_DEPTH_MAXIMUM + 1);
    memset(text + JSON_DEPTH_MAXIMUM + 1, ']', JSON_DEPTH_MAXIMUM + 1);
    refuse(text, "32 levels");
    /* Breadth is not depth. */
    expect_reading(
        "[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],"
        "[],[],[]]",
        "[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],"
        "[],[],[]]");
}

static void survives_a_million_brackets(void **state)
{
    size_t length = 1000000;
    char *text = malloc(length);

    (void)state;
    memset(text, '[', length);
    refuse_bytes(text, length, "32 levels");
    free(text);
}

static void names_the_line(void **state)
{
    (void)state;
    refuse("{\n  \"a\": 1,\n  \"b\": x\n}", "line 3: unexpected 'x'");
    refuse("[\r\n1,\r\n2\r\n", "line 4: ");
}

static void refuses_duplicates_in_every_spelling(void **state)
{
    (void)state;
    refuse_duplicate("{\"a\":1,\"\\u0061\":2}", "\"a\"");
    refuse_duplicate("{\"\":1,\"\":2}", "\"\"");
    refuse_duplicate("[{\"k\":[{\"a\":1,\"b\":2,\"a\":3}]}]", "\"a\"");
    refuse_duplicate("{\"z\":1,\"a\":{\"z\":1,\"q\":2},\"z\":3}", "\"z\"");
    refuse_duplicate("{\"a\\nb\":1,\"a\\nb\":2}", "\"a\\x0ab\"");
    refuse_duplicate("{\"\\u202e\":1,\"\\u202e\":2}", "\"\\u202e\"");
    refuse_duplicate("{\"\xc3\xa9\":1,\"\\u00e9\":2}", "\"\xc3\xa9\"");
    expect_reading("{\"a\":1,\"A\":2,\"aa\":3,\"b\":{\"a\":1}}",
                   "{\"a\":1,\"A\":2,\"aa\":3,\"b\":{\"a\":1}}");
}

/* A long name from outside doesn't flood the message, nor is it cut inside a character. */
static void cuts_long_names(void **state)
{
    char name[400];
    char text[1000];
    struct error err;

    (void)state;
    for (size_t i = 0; i + 2 < sizeof(name); i += 2)
        memcpy(name + i, "\xc3\xa9", 3);
    snprintf(text, sizeof(text), "{\"%s\":1,\"%s\":2}", name, name);
    assert_null(json_parse(text, strlen(text), &err));
    assert_true(strlen(err.message) < 150);
    assert_non_null(strstr(err.message, "\xc3\xa9…\""));
}

/* 100,000 members: quadratic time would take minutes. */
static void checks_many_names_fast(void **state)
{
    _cleanup_buffer_ struct buffer text = BUFFER(1 << 24);
    _cleanup_json_ struct json *value = NULL;
    _cleanup_json_ struct json *copy = NULL;
    struct error err;

    (void)state;
    buffer_append_text(&text, "{\"n\":0", &err);
    for (int i = 0; i < 100000; i++)
        assert_true(buffer_append_format(&text, &err, ",\"%d\":%d", i, i));
    buffer_append_text(&text, "}", &err);
    value = parse(buffer_text(&text));
    copy = json_copy(value);
    assert_true(json_equal(value, copy));
}

static void reads_members(void **state)
{
    _cleanup_json_ struct json *value = parse(
        "{\"s\":\"text\",\"i\":42,\"f\":1.5,\"big\":9007199254740993e1,\"max\":9007199254740992,"
        "\"min\":-9007199254740992,\"t\":true,\"z\":false,\"n\":null,\"o\":{},\"a\":[\"x\",1,\"y\",\"x\"]}");
    _cleanup_list_ struct list list = LIST_EMPTY;
    int64_t number = 7;

    (void)state;
    assert_string_equal(json_string(value, "s"), "text");
    assert_null(json_string(value, "i"));
    assert_null(json_string(value, "S"));
    assert_true(json_integer(value, "i", &number));
    assert_int_equal(number, 42);
    assert_false(json_integer(value, "f", &number));
    assert_false(json_integer(value, "big", &number));
    assert_false(json_integer(value, "s", &number));
    assert_false(json_integer(value, "none", &number));
    assert_int_equal(number, 42);
    assert_true(json_integer(value, "max", &number));
    assert_true(number == INT64_C(9007199254740992));
    assert_true(json_integer(value, "min", &number));
    assert_true(number == -INT64_C(9007199254740992));
    assert_true(json_boolean(value, "t", false));
    assert_false(json_boolean(value, "z", true));
    assert_true(json_boolean(value, "n", true));
    assert_false(json_boolean(value, "i", false));
    assert_true(json_is_object(json_member(value, "o")));
    assert_true(json_is_array(json_member(value, "a")));
    json_strings(value, "a", &list);
    json_strings(value, "s", &list);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.items[1], "y");
}

static void accepts_null_everywhere(void **state)
{
    _cleanup_list_ struct list list = LIST_EMPTY;
    struct json *none = NULL;
    int64_t number;

    (void)state;
    assert_false(json_is_object(NULL));
    assert_false(json_is_array(NULL));
    assert_null(json_member(NULL, "a"));
    assert_null(json_string(NULL, "a"));
    assert_null(json_text(NULL));
    assert_null(json_first(NULL));
    assert_null(json_next(NULL));
    assert_null(json_name(NULL));
    assert_false(json_integer(NULL, "a", &number));
    assert_true(json_boolean(NULL, "a", true));
    assert_true(json_equal(NULL, NULL));
    json_strings(NULL, "a", &list);
    expect_print(NULL, false, "null");
    json_free(&none);
}

/* Nothing is a member of an array or a text. */
static void finds_members_of_objects_only(void **state)
{
    _cleanup_json_ struct json *array = parse("[{\"a\":1}]");
    _cleanup_json_ struct json *text = parse("\"a\"");

    (void)state;
    assert_null(json_member(array, "a"));
    assert_null(json_member(text, "a"));
    assert_null(json_first(text));
}

static void walks(void **state)
{
    _cleanup_json_ struct json *value = parse("{\"a\":1,\"b\":[10,20]}");
    const struct json *member = json_first(value);

    (void)state;
    assert_string_equal(json_name(member), "a");
    member = json_next(member);
    assert_string_equal(json_name(member), "b");
    assert_null(json_name(json_first(member)));
    assert_null(json_next(json_next(json_first(member))));
    assert_null(json_next(member));
}

static void compares(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } pairs[] = {
        {"{\"a\":1,\"b\":[1,2]}", "{\"b\":[1,2],\"a\":1}", true},
        {"{\"a\":1}", "{\"a\":1,\"b\":1}", false},
        {"{\"a\":1}", "{\"b\":1}", false},
        {"{\"a\":1}", "{\"a\":2}", false},
        {"[1,2]", "[2,1]", false},
        {"[1,2]", "[1]", false},
        {"[1]", "[1,2]", false},
        {"[]", "{}", false},
        {"1", "1.0", true},
        {"1", "1e0", true},
        {"1", "10e-1", true},
        {"1", "0.1E+1", true},
        {"1", "0.001e3", true},
        {"100", "1e2", true},
        {"1.5", "1.50", true},
        {"0", "-0", true},
        {"0", "0.000e99", true},
        {"0", "0e999999999999999999999", true},
        {"0", "1e-400", false},
        {"1", "-1", false},
        {"-1.5", "-15e-1", true},
        {"1", "10", false},
        {"10", "0.1", false},
        {"12", "1.2", false},
        {"9007199254740991", "9007199254740992", false},
        {"9007199254740992", "9007199254740993", false},
        {"-9007199254740992", "-9007199254740993", false},
        {"9007199254740993", "9007199254740993.0", true},
        {"9007199254740993", "9.007199254740993e15", true},
        {"18446744073709551615", "18446744073709551616", false},
        {"0.1", "0.1000000000000000055511151231257827", false},
        {"1e-99999999999999999999999", "1e-99999999999999999999999", true},
        {"[{\"n\":9007199254740992}]", "[{\"n\":9007199254740993}]", false},
        {"\"a\"", "\"a\"", true},
        {"\"a\"", "\"b\"", false},
        {"true", "true", true},
        {"true", "false", false},
        {"null", "false", false},
        {"null", "null", true},
        {"\"1\"", "1", false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
        _cleanup_json_ struct json *a = parse(pairs[i].a);
        _cleanup_json_ struct json *b = parse(pairs[i].b);

        assert_true(json_equal(a, b) == pairs[i].same);
        assert_true(json_equal(b, a) == pairs[i].same);
        assert_false(json_equal(a, NULL));
    }
}

static void makes_objects(void **state)
{
    _cleanup_json_ struct json *object = json_object();
    struct list list = LIST_EMPTY;

    (void)state;
    json_set_string(object, "s", "x");
    json_set_integer(object, "i", INT64_C(9007199254740991));
    json_set_boolean(object, "b", true);
    json_set_null(object, "n");
    list_append(&list, "1");
    list_append(&list, "2");
    json_set_list(object, "l", &list);
    list_release(&list);
    json_set(object, "o", json_object());
    expect_print(object, false,
                 "{\"s\":\"x\",\"i\":9007199254740991,\"b\":true,\"n\":null,\"l\":[\"1\",\"2\"],\"o\":{}}");
    /* Replaced in place, added at the end. */
    json_set_string(object, "i", NULL);
    json_set_integer(object, "s", -5);
    json_set_boolean(object, "o", false);
    json_set_string(object, "z", "end");
    json_remove(object, "b");
    json_remove(object, "none");
    expect_print(object, false,
                 "{\"s\":-5,\"i\":null,\"n\":null,\"l\":[\"1\",\"2\"],\"o\":false,\"z\":\"end\"}");
}

static void makes_arrays(void **state)
{
    _cleanup_json_ struct json *array = json_array();
    _cleanup_json_ struct json *object = parse("{\"m\":[true]}");

    (void)state;
    json_append_string(array, "a");
    json_append(array, json_copy(json_member(object, "m")));
    json_append_string(array, NULL);
    expect_print(array, false, "[\"a\",[true],null]");
    assert_null(json_name(json_next(json_first(array))));
    expect_print(object, false, "{\"m\":[true]}");
}

static void prints_indented(void **state)
{
    _cleanup_json_ struct json *value = parse("{\"a\":[1,{\"b\":null}],\"e\":{},\"f\":[]}");

    (void)state;
    expect_print(
        value, true,
        "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"e\": {},\n  \"f\": []\n}");
}

/* Texts may come from argv; what we store must be readable again. */
static void prints_valid_utf_8_only(void **state)
{
    _cleanup_json_ struct json *object = json_object();

    (void)state;
    json_set_string(object, "a", "x\xff\xc3");
    expect_print(object, false, "{\"a\":\"x\xef\xbf\xbd\xef\xbf\xbd\"}");
}

/* What is unsafe to show; it reads back as the same text. */
static void prints_escapes_for_what_is_unsafe(void **state)
{
    const char *text =
        "\033[2J\x7f \xc2\x9b\u061c\u200b\u200f\u2028\u202e\u2066\ufeff\ufff9\U000e0001\U000e007f 😀é";
    _cleanup_json_ struct json *object = json_object();
    _cleanup_json_ struct json *again = NULL;
    char *printed;

    (void)state;
    json_set_string(object, text, text);
    printed = json_print(object, false);
    assert_non_null(
        strstr(printed, ":\"\\u001b[2J\\u007f \\u009b\\u061c\\u200b\\u200f\\u2028\\u202e\\u2066\\ufeff\\ufff9"
                        "\\udb40\\udc01\\udb40\\udc7f 😀é\"}"));
    again = parse(printed);
    assert_string_equal(json_string(again, text), text);
    memory_wipe_free(printed);
}

static void copies_deeply(void **state)
{
    struct json *value = parse("{\"a\":[1,{\"b\":\"x\"}]}");
    _cleanup_json_ struct json *copy = json_copy(value);

    (void)state;
    json_free(&value);
    assert_null(value);
    expect_print(copy, false, "{\"a\":[1,{\"b\":\"x\"}]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_kind),
        cmocka_unit_test(reads_escapes),
        cmocka_unit_test(refuses_broken_escapes),
        cmocka_unit_test(refuses_broken_utf_8),
        cmocka_unit_test(refuses_control_characters),
        cmocka_unit_test(refuses_what_is_not_json),
        cmocka_unit_test(keeps_numbers_as_written),
        cmocka_unit_test(keeps_numbers_in_copies),
        cmocka_unit_test(refuses_broken_numbers),
        cmocka_unit_test(bounds_the_depth),
        cmocka_unit_test(survives_a_million_brackets),
        cmocka_unit_test(names_the_line),
        cmocka_unit_test(refuses_duplicates_in_every_spelling),
        cmocka_unit_test(cuts_long_names),
        cmocka_unit_test(checks_many_names_fast),
        cmocka_unit_test(reads_members),
        cmocka_unit_test(accepts_null_everywhere),
        cmocka_unit_test(finds_members_of_objects_only),
        cmocka_unit_test(walks),
        cmocka_unit_test(compares),
        cmocka_unit_test(makes_objects),
        cmocka_unit_test(makes_arrays),
        cmocka_unit_test(prints_indented),
        cmocka_unit_test(prints_valid_utf_8_only),
        cmocka_unit_test(prints_escapes_for_what_is_unsafe),
        cmocka_unit_test(copies_deeply),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
