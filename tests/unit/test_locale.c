#include "unit.h"

#include "base/locale.h"
#include "base/memory.h"

#include <stdlib.h>

/* NULL stands for a variable that isn't set. */
static void expect(const char *lc_all, const char *lc_messages, const char *lang, const char *expected)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *const values[] = {lc_all, lc_messages, lang};
    _cleanup_free_ char *tag = NULL;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (values[i])
            setenv(names[i], values[i], 1);
        else
            unsetenv(names[i]);
    }
    tag = locale_language();
    if (expected) {
        assert_non_null(tag);
        assert_string_equal(tag, expected);
    } else {
        assert_null(tag);
    }
}

static void the_most_specific_variable_counts(void **state)
{
    (void)state;
    expect("de_CH.UTF-8", "fr_FR", "it_IT", "de-CH");
    expect(NULL, "fr_FR", "it_IT", "fr-FR");
    expect(NULL, NULL, "it_IT", "it-IT");
    expect("", "", "it_IT", "it-IT"); /* empty counts as not set */
    expect(NULL, NULL, NULL, NULL);
}

static void locales_become_language_tags(void **state)
{
    (void)state;
    expect(NULL, NULL, "en", "en");
    expect(NULL, NULL, "en_US.UTF-8", "en-US");
    expect(NULL, NULL, "de_DE@euro", "de-DE");
    expect(NULL, NULL, "de_DE.ISO-8859-15@euro", "de-DE");
    expect(NULL, NULL, "haw_US", "haw-US");
    expect(NULL, NULL, "zh-Hant-TW", "zh-Hant-TW");
    expect(NULL, NULL, "es_419.UTF-8", "es-419");
}

static void what_is_no_language_is_left_out(void **state)
{
    static const char *const values[] = {"C",    "C.UTF-8", "POSIX",   "x",           "..",
                                         "@",    "en US",   "en&x=1",  "en\nHost: x", "größe",
                                         "1234", "english", "en/../x", "en_US:de"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(values); i++)
        expect(NULL, NULL, values[i], NULL);
    expect(NULL, NULL, "en_abcdefghijklmnopqrstuvwxyzabcdefghijklmnop", NULL);
    expect("C", NULL, "de_DE", NULL); /* C was chosen */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_specific_variable_counts),
        cmocka_unit_test(locales_become_language_tags),
        cmocka_unit_test(what_is_no_language_is_left_out),
    };

    return cmocka_run_group_tests_name("locale", tests, NULL, NULL);
}
