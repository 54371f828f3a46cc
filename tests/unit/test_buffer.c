#include "unit.h"

#include "base/buffer.h"

#include <stdlib.h>

static void is_empty_text_at_first(void **state)
{
    _cleanup_buffer_ struct buffer buffer = BUFFER(10);

    (void)state;
    assert_string_equal(buffer_text(&buffer), "");
    buffer_clear(&buffer);
    assert_int_equal(buffer.length, 0);
}

static void grows_and_stays_terminated(void **state)
{
    _cleanup_buffer_ struct buffer buffer = BUFFER(100000);
    struct error err;

    (void)state;
    for (int i = 0; i < 10000; i++) {
        assert_true(buffer_append(&buffer, "0123456789", 10, &err));
        assert_int_equal(buffer.data[buffer.length], '\0');
    }
    assert_int_equal(buffer.length, 100000);
    for (size_t i = 0; i < buffer.length; i++)
        assert_int_equal(buffer.data[i], '0' + (int)(i % 10));
}

static void keeps_its_ceiling(void **state)
{
    _cleanup_buffer_ struct buffer buffer = BUFFER(5);
    struct error err;

    (void)state;
    assert_true(buffer_append_text(&buffer, "abc", &err));
    assert_false(buffer_append_text(&buffer, "def", &err));
    assert_error(&err, ERROR_PROTOCOL, "5 bytes");
    assert_string_equal(buffer_text(&buffer), "abc");
    assert_true(buffer_append_text(&buffer, "de", &err));
    assert_false(buffer_append(&buffer, "x", 1, &err));
    assert_false(buffer_append(&buffer, "x", SIZE_MAX, &err));
    assert_true(buffer_append(&buffer, NULL, 0, &err));
    assert_string_equal(buffer_text(&buffer), "abcde");
}

static void holds_nul_bytes(void **state)
{
    _cleanup_buffer_ struct buffer buffer = BUFFER(10);
    struct error err;

    (void)state;
    assert_true(buffer_append(&buffer, "a\0b", 3, &err));
    assert_int_equal(buffer.length, 3);
    assert_memory_equal(buffer.data, "a\0b", 4);
}

static void formats(void **state)
{
    _cleanup_buffer_ struct buffer buffer = BUFFER(10);
    struct error err;

    (void)state;
    assert_true(buffer_append_format(&buffer, &err, "%d-%s", 42, "x"));
    assert_string_equal(buffer_text(&buffer), "42-x");
    assert_false(buffer_append_format(&buffer, &err, "%s", "0123456"));
    assert_string_equal(buffer_text(&buffer), "42-x");
}

static void clears_and_is_used_again(void **state)
{
    struct buffer buffer = BUFFER(100);
    struct error err;

    (void)state;
    assert_true(buffer_append_text(&buffer, "a secret", &err));
    buffer_clear(&buffer);
    assert_int_equal(buffer.length, 0);
    for (size_t i = 0; i < buffer.capacity; i++)
        assert_int_equal(buffer.data[i], 0);
    assert_true(buffer_append_text(&buffer, "b", &err));
    buffer_release(&buffer);
    assert_null(buffer.data);
    assert_true(buffer_append_text(&buffer, "c", &err));
    assert_string_equal(buffer_text(&buffer), "c");
    buffer_release(&buffer);
    buffer_release(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_empty_text_at_first),
        cmocka_unit_test(grows_and_stays_terminated),
        cmocka_unit_test(keeps_its_ceiling),
        cmocka_unit_test(holds_nul_bytes),
        cmocka_unit_test(formats),
        cmocka_unit_test(clears_and_is_used_again),
    };

    return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
