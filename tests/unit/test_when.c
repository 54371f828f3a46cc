#include "unit.h"

#include "base/memory.h"
#include "cmd/when.h"

#include <stdlib.h>

#define NOW INT64_C(1700000000) /* 2023-11-14 22:13:20 UTC */

static int use_utc(void **state)
{
    (void)state;
    setenv("TZ", "UTC", 1);
    return 0;
}

/* The words before the date. */
static void expect(int64_t offset, const char *words)
{
    _cleanup_free_ char *text = when_describe(NOW + offset, NOW);
    char *bracket = strstr(text, " (");

    assert_non_null(bracket);
    *bracket = '\0';
    assert_string_equal(text, words);
}

static void spans_are_told_in_the_unit_of_which_there_are_two(void **state)
{
    (void)state;
    expect(0, "now");
    expect(1, "in 1 second");
    expect(2, "in 2 seconds");
    expect(-1, "1 second ago");
    expect(119, "in 119 seconds");
    expect(120, "in 2 minutes");
    expect(179, "in 2 minutes");
    expect(-180, "3 minutes ago");
    expect(7199, "in 119 minutes");
    expect(7200, "in 2 hours");
    expect(2 * 86400 - 1, "in 47 hours");
    expect(INT64_C(2) * 86400, "in 2 days");
    expect(INT64_C(-729) * 86400, "729 days ago");
    expect(INT64_C(-730) * 86400, "2 years ago");
}

static void the_date_is_in_the_zone_of_the_user(void **state)
{
    static const struct {
        const char *zone, *date;
    } cases[] = {
        {"UTC", "2023-11-14 22:13:20 UTC"},
        {"", "2023-11-14 22:13:20 UTC"},
        {"Nowhere/Nothing", "2023-11-14 22:13:20 UTC"}, /* libc calls its UTC "Nowhere" */
        {"CET-1CEST,M3.5.0,M10.5.0/3", "2023-11-14 23:13:20 +01:00"},
        {"EST5EDT,M3.2.0,M11.1.0", "2023-11-14 17:13:20 -05:00"},
        {"IST-5:30", "2023-11-15 03:43:20 +05:30"},
        {"NST3:30NDT,M3.2.0,M11.1.0", "2023-11-14 18:43:20 -03:30"},
        {"XXX0:30", "2023-11-14 21:43:20 -00:30"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_free_ char *text = NULL, *expected = memory_format("now (%s)", cases[i].date);

        setenv("TZ", cases[i].zone, 1);
        assert_string_equal(text = when_describe(NOW, NOW), expected);
    }
    use_utc(NULL);
}

static void summer_time_is_that_of_the_date(void **state)
{
    _cleanup_free_ char *text = NULL;

    (void)state;
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    assert_string_equal(text = when_describe(NOW - INT64_C(100) * 86400, NOW),
                        "100 days ago (2023-08-07 00:13:20 +02:00)");
    use_utc(NULL);
}

static void times_beyond_the_calendar_are_no_trouble(void **state)
{
    static const int64_t times[] = {0, -1, -(INT64_C(1) << 53), INT64_C(1) << 53};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
        _cleanup_free_ char *text = when_describe(times[i], NOW);

        assert_non_null(strstr(text, " years"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_are_told_in_the_unit_of_which_there_are_two),
        cmocka_unit_test(the_date_is_in_the_zone_of_the_user),
        cmocka_unit_test(summer_time_is_that_of_the_date),
        cmocka_unit_test(times_beyond_the_calendar_are_no_trouble),
    };

    return cmocka_run_group_tests_name("when", tests, use_utc, NULL);
}
