#include "unit.h"

#include "cmd/qr_code.h"

#include <stdio.h>

/* How often `part` occurs. */
static int count(const char *text, const char *part)
{
    int found = 0;

    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        found++;
    return found;
}

static void a_code_is_a_square_with_a_quiet_zone(void **state)
{
    _cleanup_buffer_ struct buffer code = BUFFER(QR_CODE_MAXIMUM);
    struct error err;

    (void)state;
    /* 17 bytes at level L are version 1: 21 modules, and four on each side. */
    assert_true(qr_code_render("https://t.example", 29, 15, &code, &err));
    assert_int_equal(count(buffer_text(&code), "\n"), 15);
    assert_int_equal(count(buffer_text(&code), "\u2580"), 29 * 15);
    /* The first two lines are nothing but white, and each line ends in the terminal's own colors. */
    assert_true(strncmp(buffer_text(&code), "\033[38;5;231;48;5;231m\u2580", 23) == 0);
    assert_int_equal(count(buffer_text(&code), "\033[0m\n"), 15);
}

static void what_does_not_fit_is_not_shown(void **state)
{
    _cleanup_buffer_ struct buffer code = BUFFER(QR_CODE_MAXIMUM);
    char text[8000];
    struct error err;

    (void)state;
    assert_false(qr_code_render("https://t.example", 28, 15, &code, &err));
    assert_error(&err, ERROR_INTERNAL, "too small");
    assert_false(qr_code_render("https://t.example", 29, 14, &code, &err));
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_false(qr_code_render(text, 1000, 1000, &code, &err));
    assert_error(&err, ERROR_INTERNAL, "cannot make a QR code");
    assert_int_equal(code.length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_is_a_square_with_a_quiet_zone),
        cmocka_unit_test(what_does_not_fit_is_not_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
