#include "unit.h"

#include "base/hash.h"

/* The reference of FNV (Fowler, Noll, Vo) has these for "\0" and "foobar\0". */
static void it_is_fnv_1a_with_the_nul(void **state)
{
    (void)state;
    assert_true(hash_text(HASH_START, "") == UINT64_C(0xaf63bd4c8601b7df));
    assert_true(hash_text(HASH_START, "foobar") == UINT64_C(0x34531ca7168b8f38));
}

static void where_one_text_ends_and_the_next_begins_counts(void **state)
{
    (void)state;
    assert_true(hash_text(hash_text(HASH_START, "foo"), "bar") !=
                hash_text(hash_text(HASH_START, "foob"), "ar"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_fnv_1a_with_the_nul),
        cmocka_unit_test(where_one_text_ends_and_the_next_begins_counts),
    };

    return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
