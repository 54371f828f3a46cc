#include "unit.h"

#include "cmd/wrap.h"

#include <stdio.h>
#include <stdlib.h>

static void expect_lines(const char *text, size_t column, size_t indent, const char *expected)
{
    char *printed = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&printed, &size);

    wrap_print(stream, text, column, indent);
    fclose(stream);
    assert_string_equal(printed, expected);
    free(printed);
}

/* In lines of 24 columns, as a field shows it that begins in column 4. */
static void expect_field(const char *text, const char *expected)
{
    char *printed = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&printed, &size);

    wrap_text(stream, text, 4, 4, 24);
    fclose(stream);
    assert_string_equal(printed, expected);
    free(printed);
}

static void lines_end_at_80_columns(void **state)
{
    (void)state;
    expect_lines("one two", 0, 0, "one two\n");
    expect_lines("one two", 73, 4, "one two\n");
    expect_lines("one two", 74, 4, "one\n    two\n");
    expect_lines("o\u2026 two", 74, 4, "o\u2026 two\n");
    expect_lines("see logto token", 70, 4, "see logto\n    token\n");
    expect_lines("12345678901", 2, 70, "12345678901\n");
}

static void blanks_stay_as_they_are_within_a_line(void **state)
{
    (void)state;
    expect_field("a  b", "a  b");
    expect_field("  a ", "  a ");
    expect_field("1234567890  12345678901", "1234567890\n    12345678901");
    expect_field("12345678901234567890  ", "12345678901234567890");
}

static void wide_characters_and_combining_marks_count(void **state)
{
    (void)state;
    expect_field("\u5c71\u7530 \u592a\u90ce\u592a\u90ce\u592a \u90ce\u592a\u90ce",
                 "\u5c71\u7530 \u592a\u90ce\u592a\u90ce\u592a\n    \u90ce\u592a\u90ce");
    expect_field("e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301 1234567890",
                 "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301 1234567890");
}

static void a_long_word_is_broken_between_characters(void **state)
{
    (void)state;
    expect_field("1234567890123456789012345", "12345678901234567890\n    12345");
    expect_field("a 123456789012345678901", "a\n    12345678901234567890\n    1");
    expect_field("1\u5c71\u5c71\u5c71\u5c71\u5c71\u5c71\u5c71\u5c71\u5c71\u5c71",
                 "1\u5c71\u5c71\u5c71\u5c71\u5c71\u5c71\u5c71\u5c71\u5c71\n    \u5c71");
    expect_field("1234567890123456789\xff\xc3\xa9", "1234567890123456789\xff\n    \u00e9");
    expect_field("1234567890123456789e\u03012", "1234567890123456789e\u0301\n    2");
}

static void json_is_broken_between_elements(void **state)
{
    (void)state;
    expect_field("[\"role-one\",\"role-two\",\"role-three\"]",
                 "[\"role-one\",\n    \"role-two\",\n    \"role-three\"]");
    expect_field("[\"https://a.example\",\"https://b.example\"]",
                 "[\"https://a.example\",\n    \"https://b.example\"]");
    expect_field("{\"a\":\"b\",\"c\":1,\"d\":2}", "{\"a\":\"b\",\n    \"c\":1,\"d\":2}");
}

static void what_is_copied_is_not_broken(void **state)
{
    (void)state;
    expect_field("https://tenant.logto.app/oidc/auth", "https://tenant.logto.app/oidc/auth");
    expect_field("at https://tenant.logto.app/oidc/auth ok",
                 "at\n    https://tenant.logto.app/oidc/auth\n    ok");
    expect_field("or first: logto logout --local --profile work",
                 "or first:\n    logto logout --local --profile work");
    expect_field("then 'logto login --store file', or wait 1",
                 "then\n    'logto login --store file',\n    or wait 1");
    expect_field("set it: sudo timedatectl set-ntp true", "set it:\n    sudo timedatectl set-ntp true");
    expect_field("by logto 0.2.0, libcurl 7.88.1", "by logto 0.2.0,\n    libcurl 7.88.1");
    expect_field("a logto x123456789012345 'open", "a\n    logto x123456789012345 'open");
    expect_field("12345678901234567890 'logto ", "12345678901234567890\n    'logto ");
}

static void without_a_width_or_with_too_small_a_one_nothing_is_wrapped(void **state)
{
    static const size_t columns[] = {0, 1, 23};

    (void)state;
    for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
        char *printed = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&printed, &size);

        assert_int_equal(wrap_text(stream, "1234567890 1234567890 1234567890", 4, 4, columns[i]), 36);
        fclose(stream);
        assert_string_equal(printed, "1234567890 1234567890 1234567890");
        free(printed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_at_80_columns),
        cmocka_unit_test(blanks_stay_as_they_are_within_a_line),
        cmocka_unit_test(wide_characters_and_combining_marks_count),
        cmocka_unit_test(a_long_word_is_broken_between_characters),
        cmocka_unit_test(json_is_broken_between_elements),
        cmocka_unit_test(what_is_copied_is_not_broken),
        cmocka_unit_test(without_a_width_or_with_too_small_a_one_nothing_is_wrapped),
    };

    return cmocka_run_group_tests_name("wrap", tests, NULL, NULL);
}
