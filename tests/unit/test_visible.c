/* What a terminal gets to see of foreign bytes, however they are cut into pieces. */
#include "unit.h"

#include "base/memory.h"
#include "cmd/visible.h"

#include <stdlib.h>

/* The text in pieces of `step` bytes. */
static void expect_shown(const char *text, size_t length, const char *shown)
{
    for (size_t step = 1; step <= length; step++) {
        struct visible visible = {.length = 0};
        char *out = NULL;
        size_t size;
        FILE *stream = open_memstream(&out, &size);

        for (size_t i = 0; i < length; i += step)
            visible_write(&visible, stream, text + i, length - i < step ? length - i : step);
        visible_end(&visible, stream);
        fclose(stream);
        if (strcmp(out, shown) != 0)
            fail_msg("in pieces of %zu: '%s', not '%s'", step, out, shown);
        free(out);
    }
}

#define EXPECT_SHOWN(text, shown) expect_shown(text, sizeof(text) - 1, shown)

static void text_passes(void **state)
{
    (void)state;
    EXPECT_SHOWN("a\tb\nc\n", "a\tb\nc\n");
    EXPECT_SHOWN("a\r\nb\r\n\r\n", "a\nb\n\n");
    EXPECT_SHOWN("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\n", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\n");
}

static void the_last_line_is_ended(void **state)
{
    (void)state;
    EXPECT_SHOWN("a", "a\n");
    EXPECT_SHOWN("a\r", "a\\x0d\n");
    expect_shown("", 0, "");
}

static void nothing_controls_the_terminal(void **state)
{
    (void)state;
    EXPECT_SHOWN("\x1b]0;x\x07\b\x7f\0\n", "\\x1b]0;x\\x07\\x08\\x7f\\x00\n");
    EXPECT_SHOWN("a\rb\n", "a\\x0db\n");
    EXPECT_SHOWN("\r\r\n", "\\x0d\n");
    EXPECT_SHOWN("\xc2\x9b\x31m\xe2\x80\xaex\n", "\\u009b1m\\u202ex\n");
}

static void what_is_no_utf8_is_escaped(void **state)
{
    (void)state;
    EXPECT_SHOWN("\xff\xc3\n", "\\xff\\xc3\n");
    EXPECT_SHOWN("\xf0\x9f\x98", "\\xf0\\x9f\\x98\n");
    EXPECT_SHOWN("\xe2\x82x\xc0\xaf", "\\xe2\\x82x\\xc0\\xaf\n");
}

/* Text that arrives slowly is seen at once. */
static void only_what_may_go_on_is_held_back(void **state)
{
    struct visible visible = {.length = 0};
    char *out = NULL;
    size_t size;
    FILE *stream = open_memstream(&out, &size);

    (void)state;
    visible_write(&visible, stream, "ab\n", 3);
    fflush(stream);
    assert_string_equal(out, "ab\n");
    visible_write(&visible, stream, "c\xc3", 2);
    fflush(stream);
    assert_string_equal(out, "ab\nc");
    visible_end(&visible, stream);
    fclose(stream);
    assert_string_equal(out, "ab\nc\\xc3\n");
    free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_passes),
        cmocka_unit_test(the_last_line_is_ended),
        cmocka_unit_test(nothing_controls_the_terminal),
        cmocka_unit_test(what_is_no_utf8_is_escaped),
        cmocka_unit_test(only_what_may_go_on_is_held_back),
    };

    return cmocka_run_group_tests_name("visible", tests, NULL, NULL);
}
