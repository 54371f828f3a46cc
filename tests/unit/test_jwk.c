#include "unit.h"

#include "codec/base64url.h"
#include "crypto/jwk.h"
#include "jws_vectors.h"

#include <stdio.h>
#include <stdlib.h>

static struct jwk_set *parse(const char *text)
{
    struct error err = {.message = ""};
    _cleanup_json_ struct json *document = json_parse(text, strlen(text), &err);
    struct jwk_set *set;

    if (!document)
        fail_msg("%s: %s", text, err.message);
    set = jwk_set_parse(document, &err);
    if (!set)
        fail_msg("%s: %s", text, err.message);
    return set;
}

static void refuse(const char *text, const char *part)
{
    struct error err;
    _cleanup_json_ struct json *document = json_parse(text, strlen(text), &err);

    assert_non_null(document);
    assert_null(jwk_set_parse(document, &err));
    assert_error(&err, ERROR_PROTOCOL, part);
}

static size_t count(const char *text)
{
    _cleanup_jwk_set_ struct jwk_set *set = parse(text);

    return jwk_set_count(set);
}

/* Whether a key is still usable when member `name` is `value` (a JSON text), or gone if that is NULL. */
static bool usable_with(const char *key, const char *name, const char *value)
{
    struct error err;
    _cleanup_json_ struct json *jwk = json_parse(key, strlen(key), &err);
    _cleanup_jwk_set_ struct jwk_set *set = NULL;

    if (value)
        json_set(jwk, name, json_parse(value, strlen(value), &err));
    else
        json_remove(jwk, name);
    set = jwk_set_parse(jwk, &err);
    return set && jwk_set_count(set) == 1;
}

static void reads_sets_and_single_keys(void **state)
{
    _cleanup_jwk_set_ struct jwk_set *set = parse(JOSE_KEY_SET);

    (void)state;
    assert_int_equal(jwk_set_count(set), 5);
    assert_true(jwk_set_has(set, "key-ES384"));
    assert_true(jwk_set_has(set, "key-RS256"));
    assert_false(jwk_set_has(set, "key-es384"));
    assert_false(jwk_set_has(set, ""));
    assert_int_equal(count(RFC7515_A2_KEY), 1);
    assert_int_equal(count(RFC7515_A3_KEY), 1);
    assert_int_equal(count(RFC7515_A4_KEY), 1);
    assert_int_equal(count(RFC7520_RSA_KEY), 1);
    assert_int_equal(count(RFC7520_EC_KEY), 1);
    assert_int_equal(count("{\"keys\":[]}"), 0);
}

static void refuses_what_is_no_key_set(void **state)
{
    struct error err;

    (void)state;
    refuse("{}", "not a key set");
    refuse("[]", "not a key set");
    refuse("null", "not a key set");
    refuse("\"keys\"", "not a key set");
    refuse("{\"keys\":{}}", "not a key set");
    refuse("{\"keys\":null}", "not a key set");
    refuse("{\"error\":\"x\"}", "not a key set");
    refuse("{\"kty\":1}", "not a key set");
    assert_null(jwk_set_parse(NULL, &err));
}

static void bounds_the_number_of_keys(void **state)
{
    _cleanup_buffer_ struct buffer text = BUFFER(1 << 20);
    struct error err;

    (void)state;
    buffer_append_text(&text, "{\"keys\":[" RFC7515_A3_KEY, &err);
    for (int i = 1; i < JWK_SET_MAXIMUM; i++)
        buffer_append_text(&text, "," RFC7515_A3_KEY, &err);
    buffer_append_text(&text, "]}", &err);
    assert_int_equal(count(buffer_text(&text)), JWK_SET_MAXIMUM);
    text.length -= 2;
    buffer_append_text(&text, "," RFC7515_A3_KEY "]}", &err);
    refuse(buffer_text(&text), "more than 64 keys");
}

/* RFC 7517, 5: keys that aren't understood are passed over, the others stay good. */
static void passes_over_other_keys(void **state)
{
    _cleanup_jwk_set_ struct jwk_set *set = parse(
        "{\"keys\":[1,null,\"x\",{},[],{\"kty\":\"oct\",\"k\":\"AA\",\"kid\":\"o\"}," RFC8037_A2_KEY
        "," NODE_RSA_1024_KEY "," RFC7520_44_KEY "," RFC7520_EC_KEY "]}");

    (void)state;
    assert_int_equal(jwk_set_count(set), 1);
    assert_true(jwk_set_has(set, "bilbo.baggins@hobbiton.example"));
    assert_false(jwk_set_has(set, "o"));
    assert_false(jwk_set_has(set, "small"));
}

static void minds_what_a_key_is_for(void **state)
{
    static const char *const keys[] = {RFC7515_A2_KEY, RFC7515_A3_KEY};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        assert_true(usable_with(keys[i], "use", "\"sig\""));
        assert_false(usable_with(keys[i], "use", "\"enc\""));
        assert_false(usable_with(keys[i], "use", "1"));
        assert_true(usable_with(keys[i], "key_ops", "[\"sign\",\"verify\"]"));
        assert_false(usable_with(keys[i], "key_ops", "[\"sign\"]"));
        assert_false(usable_with(keys[i], "key_ops", "[]"));
        assert_false(usable_with(keys[i], "key_ops", "\"verify\""));
        assert_true(usable_with(keys[i], "kid", "\"x\""));
        assert_false(usable_with(keys[i], "kid", "1"));
        assert_false(usable_with(keys[i], "alg", "\"ES384\""));
        assert_false(usable_with(keys[i], "alg", "\"none\""));
        assert_false(usable_with(keys[i], "alg", "\"HS256\""));
        assert_false(usable_with(keys[i], "alg", "\"RSA-OAEP\""));
        assert_false(usable_with(keys[i], "alg", "7"));
        assert_true(usable_with(keys[i], "something", "\"else\""));
    }
    assert_true(usable_with(RFC7515_A2_KEY, "alg", "\"RS256\""));
    assert_true(usable_with(RFC7515_A2_KEY, "alg", "\"PS256\""));
    assert_false(usable_with(RFC7515_A2_KEY, "alg", "\"ES256\""));
    assert_false(usable_with(RFC7515_A2_KEY, "alg", "\"RS512\""));
    assert_true(usable_with(RFC7515_A3_KEY, "alg", "\"ES256\""));
    assert_false(usable_with(RFC7515_A3_KEY, "alg", "\"RS256\""));
}

static void checks_points(void **state)
{
    (void)state;
    assert_false(usable_with(RFC7515_A3_KEY, "x", NULL));
    assert_false(usable_with(RFC7515_A3_KEY, "y", NULL));
    assert_false(usable_with(RFC7515_A3_KEY, "y", "5"));
    assert_false(usable_with(RFC7515_A3_KEY, "crv", NULL));
    assert_false(usable_with(RFC7515_A3_KEY, "crv", "\"P-384\""));
    assert_false(usable_with(RFC7515_A3_KEY, "crv", "\"secp256k1\""));
    assert_false(usable_with(RFC7515_A3_KEY, "crv", "\"prime256v1\""));
    assert_false(usable_with(RFC7515_A3_KEY, "kty", "\"EC2\""));
    assert_false(usable_with(RFC7515_A3_KEY, "kty", "\"RSA\""));
    /* Not on the curve: the last bits of y changed; x and y swapped; the origin; the field's prime and more
     * as x. */
    assert_false(usable_with(RFC7515_A3_KEY, "y", "\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a4\""));
    assert_false(usable_with(RFC7515_A3_KEY, "x", "\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""));
    assert_false(usable_with(RFC7515_A3_KEY, "x", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""));
    assert_false(usable_with(RFC7515_A3_KEY, "x", "\"_____wAAAAEAAAAAAAAAAAAAAAD_______________8\""));
    assert_false(usable_with(RFC7515_A3_KEY, "x", "\"__________________________________________8\""));
    /* One byte short, one long, padded, not base64url. */
    assert_false(usable_with(RFC7515_A3_KEY, "x", "\"zs4ncPbEXUGDy-5v20t7WAczNXvp7xO6z248e9FURQ\""));
    assert_false(usable_with(RFC7515_A3_KEY, "x", "\"AH_NzidwnsRdQYPL7m_bS3tYBzM1e-nvE7rPbjx70VRF\""));
    assert_false(usable_with(RFC7515_A3_KEY, "x", "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU=\""));
    assert_false(usable_with(RFC7515_A3_KEY, "x", "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEV\""));
    assert_false(usable_with(RFC7515_A3_KEY, "x", "\"\""));
}

/* The right 64 bytes, cut in another place. */
static void checks_each_coordinate(void **state)
{
    (void)state;
    assert_int_equal(
        count("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEXH\","
              "\"y\":\"8UTNG72bfocs3-257rn0s2ldbqkLJK2KRiMohYjlrQ\"}"),
        0);
    assert_int_equal(
        count("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVA\",\"y\":"
              "\"RcfxRM0bvZt-hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt\"}"),
        0);
}

/* An RSA key of `bytes` bytes: first byte `first`, last byte `last`, 0xff between them. */
static bool usable_modulus(size_t bytes, unsigned char first, unsigned char last)
{
    _cleanup_buffer_ struct buffer modulus = BUFFER(4000);
    char *encoded = memory_allocate(8000, 1);
    unsigned char *raw = memory_allocate(bytes, 1);
    struct error err;
    bool usable;

    memset(raw, 0xff, bytes);
    raw[0] = first;
    raw[bytes - 1] = last;
    base64url_encode(raw, bytes, encoded);
    assert_true(buffer_append_format(&modulus, &err, "\"%s\"", encoded));
    usable = usable_with(RFC7515_A2_KEY, "n", buffer_text(&modulus));
    free(encoded);
    free(raw);
    return usable;
}

static void checks_rsa_numbers(void **state)
{
    (void)state;
    assert_true(usable_modulus(256, 0x80, 0xff));
    assert_false(usable_modulus(256, 0x7f, 0xff)); /* 2047 bits */
    assert_false(usable_modulus(256, 0x80, 0xfe)); /* even */
    assert_true(usable_modulus(257, 0x00, 0xff));  /* a zero in front, as some providers write it */
    assert_false(usable_modulus(128, 0xff, 0xff));
    assert_true(usable_modulus(2048, 0xff, 0xff));
    assert_false(usable_modulus(2049, 0x01, 0xff)); /* 16385 bits */
    assert_false(usable_modulus(2500, 0xff, 0xff));
    assert_false(usable_with(RFC7515_A2_KEY, "n", NULL));
    assert_false(usable_with(RFC7515_A2_KEY, "n", "\"\""));
    assert_false(usable_with(RFC7515_A2_KEY, "n", "\"AA==\""));
    assert_false(usable_with(RFC7515_A2_KEY, "e", NULL));
    assert_false(usable_with(RFC7515_A2_KEY, "e", "65537"));
    assert_false(usable_with(RFC7515_A2_KEY, "e", "\"\""));
    assert_false(usable_with(RFC7515_A2_KEY, "e", "\"AA\""));   /* 0 */
    assert_false(usable_with(RFC7515_A2_KEY, "e", "\"AQ\""));   /* 1 */
    assert_false(usable_with(RFC7515_A2_KEY, "e", "\"Ag\""));   /* 2 */
    assert_false(usable_with(RFC7515_A2_KEY, "e", "\"AQAA\"")); /* 65536 */
    assert_true(usable_with(RFC7515_A2_KEY, "e", "\"Aw\""));    /* 3 */
    assert_true(usable_with(RFC7515_A2_KEY, "e", "\"__________8\""));
    assert_false(usable_with(RFC7515_A2_KEY, "e", "\"AQAAAAAAAAAB\"")); /* 2^64 + 1 */
}

/*
 * A number made for this test: 65537^a + k*M, M the product of the first 126 primes, as the generator of
 * CVE-2017-15361 makes its keys of 2048 bits. And the same plus 2, which is no such power.
 */
#define ROCA_MODULUS_START                                                                                   \
    "qeJkwRoTMljPWjBEDlJkB-KsnZ_uUCxl9gytuaFAHLqDizemV8W91pOiXZQFiFTbBS00YGozvPqhm7fc"                       \
    "M8Tuu89RGz-KyKfKU5vpKj3swsalaZtRKifD_EDPN6hsSCTbEXBnylw4yfxMIm7HTVddlC-f_qdPL-yN"                       \
    "0U_X6YmZEwzMYP-Q7akxaYZ7dI3s98NzIedkxcqkN3fQRBcYtVpabDmWENiR008Bx-FZvBOIppJ2l-Q5"                       \
    "0waNpKQf1PWAjdWOlIif_29VEdKn0YNsuD6HNjNGV1Sc3e7qpD44inbJVK_uIzi8UszFXABcdVAKqL4v"
#define ROCA_KEY(end) "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"" ROCA_MODULUS_START end "\"}"

static void refuses_keys_that_can_be_factored(void **state)
{
    (void)state;
    assert_int_equal(count(ROCA_KEY("IFcc-MvkBjGNHirU53pJXw")), 0);
    assert_int_equal(count(ROCA_KEY("IFcc-MvkBjGNHirU53pJYQ")), 1);
}

static void frees_nothing_and_everything(void **state)
{
    struct jwk_set *set = NULL;

    (void)state;
    jwk_set_free(&set);
    set = parse(JOSE_KEY_SET);
    jwk_set_free(&set);
    assert_null(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_sets_and_single_keys),
        cmocka_unit_test(refuses_what_is_no_key_set),
        cmocka_unit_test(bounds_the_number_of_keys),
        cmocka_unit_test(passes_over_other_keys),
        cmocka_unit_test(minds_what_a_key_is_for),
        cmocka_unit_test(checks_points),
        cmocka_unit_test(checks_each_coordinate),
        cmocka_unit_test(checks_rsa_numbers),
        cmocka_unit_test(refuses_keys_that_can_be_factored),
        cmocka_unit_test(frees_nothing_and_everything),
    };

    return cmocka_run_group_tests_name("jwk", tests, NULL, NULL);
}
