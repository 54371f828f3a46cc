#include "unit.h"

#include "base/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void appends_and_adds(void **state)
{
    _cleanup_list_ struct list list = LIST_EMPTY;
    char text[] = "a";

    (void)state;
    list_append(&list, text);
    text[0] = 'x'; /* the list has a copy */
    list_append(&list, "a");
    list_add(&list, "a");
    list_add(&list, "b");
    assert_int_equal(list.count, 3);
    assert_string_equal(list.items[0], "a");
    assert_string_equal(list.items[1], "a");
    assert_string_equal(list.items[2], "b");
}

static void splits_words(void **state)
{
    _cleanup_list_ struct list list = LIST_EMPTY;

    (void)state;
    list_add_words(&list, NULL);
    list_add_words(&list, "");
    list_add_words(&list, "   ");
    assert_int_equal(list.count, 0);
    list_add_words(&list, " openid  profile openid email ");
    assert_int_equal(list.count, 3);
    assert_string_equal(list.items[0], "openid");
    assert_string_equal(list.items[1], "profile");
    assert_string_equal(list.items[2], "email");
}

static void words_that_the_list_has_are_left_out(void **state)
{
    _cleanup_list_ struct list list = LIST_EMPTY;
    char *text;

    (void)state;
    list_append(&list, "b");
    list_append(&list, "b"); /* twice on purpose, and stays so */
    list_add_words(&list, "c b a c b a");
    assert_string_equal(text = list_join(&list, " "), "b b c a");
    free(text);
}

/* Compared with each other, 100,000 words would take minutes. */
static void many_words_take_no_longer_than_sorting_them(void **state)
{
    _cleanup_list_ struct list list = LIST_EMPTY;
    size_t count = 100000;
    char *text = memory_allocate(count + 1, 7), *end = text;
    clock_t start = clock();

    (void)state;
    for (size_t i = 0; i < count; i++)
        end += sprintf(end, "%06zu ", i % (count / 2));
    list_add_words(&list, text);
    assert_int_equal(list.count, count / 2);
    assert_null(list_missing(&list, &list));
    assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
    free(text);
}

static void finds_what_is_missing(void **state)
{
    _cleanup_list_ struct list list = LIST_EMPTY;
    _cleanup_list_ struct list within = LIST_EMPTY;

    (void)state;
    assert_null(list_missing(&list, &within));
    list_add_words(&list, "a b c");
    list_add_words(&within, "c a");
    assert_string_equal(list_missing(&list, &within), "b");
    list_add_all(&within, &list);
    assert_int_equal(within.count, 3);
    assert_null(list_missing(&list, &within));
    assert_true(list_contains(&list, "a"));
    assert_false(list_contains(&list, "A"));
}

static void joins_and_sorts(void **state)
{
    _cleanup_list_ struct list list = LIST_EMPTY;
    char *text = list_join(&list, ", ");

    (void)state;
    assert_string_equal(text, "");
    free(text);
    list_sort(&list);
    list_add_words(&list, "c a b");
    list_sort(&list);
    text = list_join(&list, ", ");
    assert_string_equal(text, "a, b, c");
    free(text);
}

static void can_be_used_after_release(void **state)
{
    struct list list = LIST_EMPTY;

    (void)state;
    list_append(&list, "a");
    list_release(&list);
    list_release(&list);
    assert_int_equal(list.count, 0);
    list_append(&list, "b");
    assert_string_equal(list.items[0], "b");
    list_release(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_and_adds),
        cmocka_unit_test(splits_words),
        cmocka_unit_test(words_that_the_list_has_are_left_out),
        cmocka_unit_test(many_words_take_no_longer_than_sorting_them),
        cmocka_unit_test(finds_what_is_missing),
        cmocka_unit_test(joins_and_sorts),
        cmocka_unit_test(can_be_used_after_release),
    };

    return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
