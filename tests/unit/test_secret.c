#include "unit.h"

#include "base/secret.h"

#include <stdio.h>
#include <stdlib.h>

static void holds_bytes_and_a_nul(void **state)
{
    _cleanup_secret_ struct secret *secret = secret_new("a\0b", 3);

    (void)state;
    assert_int_equal(secret_length(secret), 3);
    assert_memory_equal(secret_text(secret), "a\0b", 4);
}

static void holds_nothing_and_much(void **state)
{
    size_t length = 300000;
    char *bytes = malloc(length);
    struct secret *secret = secret_new(NULL, 0);

    (void)state;
    assert_int_equal(secret_length(secret), 0);
    assert_string_equal(secret_text(secret), "");
    secret_free(&secret);
    assert_null(secret);
    memset(bytes, 'x', length);
    secret = secret_new(bytes, length);
    assert_memory_equal(secret_text(secret), bytes, length);
    assert_int_equal(secret_text(secret)[length], '\0');
    secret_free(&secret);
    free(bytes);
}

static void null_gives_null(void **state)
{
    struct secret *none = NULL;

    (void)state;
    assert_null(secret_from_text(NULL));
    assert_null(secret_copy(NULL));
    secret_free(&none);
}

static void compares(void **state)
{
    _cleanup_secret_ struct secret *a = secret_from_text("token");
    _cleanup_secret_ struct secret *b = secret_copy(a);
    _cleanup_secret_ struct secret *other = secret_from_text("tokem");
    _cleanup_secret_ struct secret *longer = secret_from_text("token1");

    (void)state;
    assert_ptr_not_equal(a, b);
    assert_true(secret_equal(a, b));
    assert_true(secret_equal(NULL, NULL));
    assert_false(secret_equal(a, other));
    assert_false(secret_equal(a, longer));
    assert_false(secret_equal(a, NULL));
    assert_false(secret_equal(NULL, a));
}

/* Finds the mapping of `address` in /proc/self/smaps and whether it has the flag "dd" (don't dump). */
static bool is_left_out_of_core_dumps(const void *address)
{
    FILE *maps = fopen("/proc/self/smaps", "re");
    char line[1024];
    bool inside = false;
    bool found = false;
    unsigned long from, to;
    char *rest;

    if (!maps)
        skip();
    while (fgets(line, sizeof(line), maps)) {
        from = strtoul(line, &rest, 16);
        if (*rest == '-') {
            to = strtoul(rest + 1, NULL, 16);
            inside = (unsigned long)address >= from && (unsigned long)address < to;
        }
        if (inside && strncmp(line, "VmFlags:", 8) == 0)
            found = strstr(line, " dd") != NULL;
    }
    fclose(maps);
    return found;
}

static void stays_out_of_core_dumps(void **state)
{
    _cleanup_secret_ struct secret *secret = secret_from_text("token");

    (void)state;
    assert_true(is_left_out_of_core_dumps(secret_text(secret)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_bytes_and_a_nul),   cmocka_unit_test(holds_nothing_and_much),
        cmocka_unit_test(null_gives_null),         cmocka_unit_test(compares),
        cmocka_unit_test(stays_out_of_core_dumps),
    };

    return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
