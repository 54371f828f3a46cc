#include "unit.h"

#include "base/utf8_width.h"

static void every_character_takes_its_columns(void **state)
{
    static const struct {
        const char *text;
        size_t width;
    } cases[] = {
        {"", 0},
        {"Ada Lovelace", 12},
        {"caf\u00e9", 4},
        {"cafe\u0301", 4},                     /* combining acute accent */
        {"\u5c71\u7530\u592a\u90ce", 8},       /* Japanese */
        {"\uff71\uff72", 2},                   /* half-width katakana */
        {"\uff21\uff22", 4},                   /* full-width Latin */
        {"\ud55c\uad6d", 4},                   /* Korean, composed */
        {"\u1112\u1161\u11ab", 2},             /* Korean, conjoining */
        {"\u0645\u064f\u062d\u0645\u0651", 3}, /* Arabic with vowel marks */
        {"\u0e2a\u0e38\u0e0a", 2},             /* Thai with a vowel below */
        {"\U0001f600", 2},
        {"\U0001f1e8\U0001f1ed", 2}, /* a flag */
        {"\u2764\ufe0f", 1},         /* a heart and how it is to be drawn */
        {"\u2026", 1},
        {"\U00020000", 2},
        {"\u0378", 1}, /* not assigned */
        {"\xff\xc3", 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        if (utf8_width(cases[i].text, strlen(cases[i].text)) != cases[i].width)
            fail_msg("\"%s\": %zu, not %zu", cases[i].text, utf8_width(cases[i].text, strlen(cases[i].text)),
                     cases[i].width);
}

static void only_the_length_is_measured(void **state)
{
    (void)state;
    assert_int_equal(utf8_width("\u5c71\u7530", 3), 2);
    assert_int_equal(utf8_width("\u5c71\u7530", 4), 3); /* the byte that begins the second */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_takes_its_columns),
        cmocka_unit_test(only_the_length_is_measured),
    };

    return cmocka_run_group_tests_name("utf8_width", tests, NULL, NULL);
}
