#include "unit.h"

#include "codec/base64url.h"

/* RFC 4648, 10, without the padding. */
static const struct {
    const char *plain;
    const char *encoded;
} rfc4648[] = {
    {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
    {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"},
};

static void agrees_with_rfc_4648(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rfc4648); i++) {
        _cleanup_buffer_ struct buffer decoded = BUFFER(100);
        size_t length = strlen(rfc4648[i].plain);
        char encoded[100];
        struct error err;

        base64url_encode(rfc4648[i].plain, length, encoded);
        assert_string_equal(encoded, rfc4648[i].encoded);
        assert_int_equal(BASE64URL_LENGTH(length), strlen(encoded));
        assert_true(base64url_decode(encoded, strlen(encoded), &decoded, &err));
        assert_string_equal(buffer_text(&decoded), rfc4648[i].plain);
    }
}

/* RFC 7515, appendix C. */
static void agrees_with_rfc_7515(void **state)
{
    static const unsigned char bytes[] = {3, 236, 255, 224, 193};
    char encoded[BASE64URL_LENGTH(sizeof(bytes)) + 1];

    (void)state;
    base64url_encode(bytes, sizeof(bytes), encoded);
    assert_string_equal(encoded, "A-z_4ME");
}

static void goes_round_for_every_byte_and_length(void **state)
{
    unsigned char bytes[256];
    char encoded[BASE64URL_LENGTH(sizeof(bytes)) + 1];
    struct error err;

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)(i * 167 + 13);
    for (size_t length = 0; length <= sizeof(bytes); length++) {
        _cleanup_buffer_ struct buffer decoded = BUFFER(sizeof(bytes));

        base64url_encode(bytes, length, encoded);
        assert_int_equal(strlen(encoded), BASE64URL_LENGTH(length));
        assert_true(base64url_decode(encoded, strlen(encoded), &decoded, &err));
        assert_int_equal(decoded.length, length);
        assert_memory_equal(buffer_text(&decoded), bytes, length);
    }
}

static void refuse(const char *text, size_t length, const char *part)
{
    _cleanup_buffer_ struct buffer out = BUFFER(100);
    struct error err;

    assert_true(buffer_append_text(&out, "before", &err));
    assert_false(base64url_decode(text, length, &out, &err));
    assert_error(&err, ERROR_PROTOCOL, part);
    assert_string_equal(buffer_text(&out), "before");
}

static void refuses_what_is_not_canonical(void **state)
{
    (void)state;
    refuse("Zg==", 4, "padding");
    refuse("Zm8=", 4, "padding");
    refuse("Z", 1, "truncated");
    refuse("Zm9vY", 5, "truncated");
    refuse("Zh", 2, "unused bits"); /* RFC 4648, 3.5 */
    refuse("Zm9", 3, "unused bits");
    refuse("Zm 9", 4, "character 3");
    refuse("Zm9v\n", 5, "character 5");
    refuse("Zm+v", 4, "character 3");
    refuse("Zm/v", 4, "character 3");
    refuse("Zm\0v", 4, "character 3");
    refuse("Zm\xc3\xa9", 4, "character 3");
    refuse("Zm.v", 4, "character 3");
}

/* Of the 256 characters that could stand last, exactly those with zero bits are accepted. */
static void accepts_one_spelling_only(void **state)
{
    size_t accepted[4] = {0};

    (void)state;
    for (size_t length = 2; length <= 4; length++) {
        for (int last = 0; last < 256; last++) {
            _cleanup_buffer_ struct buffer out = BUFFER(10);
            char text[5] = "AAAA";
            struct error err;

            text[length - 1] = (char)last;
            accepted[length - 1] += base64url_decode(text, length, &out, &err);
        }
    }
    assert_int_equal(accepted[1], 4);
    assert_int_equal(accepted[2], 16);
    assert_int_equal(accepted[3], 64);
}

static void keeps_the_ceiling(void **state)
{
    _cleanup_buffer_ struct buffer out = BUFFER(2);
    struct error err;

    (void)state;
    assert_false(base64url_decode("Zm9v", 4, &out, &err));
    assert_error(&err, ERROR_PROTOCOL, "2 bytes");
    assert_int_equal(out.length, 0);
    assert_true(base64url_decode("Zm8", 3, &out, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_rfc_4648),
        cmocka_unit_test(agrees_with_rfc_7515),
        cmocka_unit_test(goes_round_for_every_byte_and_length),
        cmocka_unit_test(refuses_what_is_not_canonical),
        cmocka_unit_test(accepts_one_spelling_only),
        cmocka_unit_test(keeps_the_ceiling),
    };

    return cmocka_run_group_tests_name("base64url", tests, NULL, NULL);
}
