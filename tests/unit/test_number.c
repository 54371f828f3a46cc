#include "unit.h"

#include "base/number.h"

static void digits_are_a_number(void **state)
{
    int64_t number = 0;

    (void)state;
    assert_true(number_parse("0", 0, 9, &number));
    assert_int_equal(number, 0);
    assert_true(number_parse("007", 0, 9, &number));
    assert_int_equal(number, 7);
    assert_true(number_parse("9223372036854775807", 0, INT64_MAX, &number));
    assert_true(number == INT64_MAX);
}

static void anything_else_is_none(void **state)
{
    static const char *const texts[] = {"",    " 1",  "1 ",  "+1", "-1",       "1.0", "1e1",
                                        "0x1", "\t1", "\n1", "1k", "\xd9\xa1", "10",  "9223372036854775808"};
    int64_t number = 5;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (number_parse(texts[i], 0, 9, &number) || number != 5)
            fail_msg("'%s' is taken for a number", texts[i]);
    assert_false(number_parse("2", 3, 9, &number));
    assert_false(number_parse("9223372036854775808", 0, INT64_MAX, &number));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_are_a_number),
        cmocka_unit_test(anything_else_is_none),
    };

    return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
