#include "unit.h"

#include "base/memory.h"
#include "cmd/when.h"

#include <stdlib.h>
#include <time.h>

#define NOW INT64_C(1700000000) /* 2023-11-14 22:13:20 UTC */

static int use_utc(void **state)
{
    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
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

static void the_date_is_in_the_users_zone(void **state)
{
    _cleanup_free_ char *utc = when_describe(NOW, NOW), *zone = NULL;

    (void)state;
    assert_string_equal(utc, "now (2023-11-14 22:13:20 UTC)");
    setenv("TZ", "EST5", 1);
    tzset();
    zone = when_describe(NOW + 3600, NOW);
    assert_string_equal(zone, "in 60 minutes (2023-11-14 18:13:20 EST)");
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
        cmocka_unit_test(the_date_is_in_the_users_zone),
        cmocka_unit_test(times_beyond_the_calendar_are_no_trouble),
    };

    return cmocka_run_group_tests_name("when", tests, use_utc, NULL);
}
