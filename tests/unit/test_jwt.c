#include "unit.h"

#include "codec/base64url.h"
#include "codec/jwt.h"
#include "jws_vectors.h"

#include <stdlib.h>

/* Three parts, of which the texts are encoded and the signature is taken as it is. */
static char *make(const char *header, const char *payload, const char *signature)
{
    _cleanup_free_ char *first = memory_allocate(BASE64URL_LENGTH(strlen(header)) + 1, 1);
    _cleanup_free_ char *second = memory_allocate(BASE64URL_LENGTH(strlen(payload)) + 1, 1);

    base64url_encode(header, strlen(header), first);
    base64url_encode(payload, strlen(payload), second);
    return memory_format("%s.%s.%s", first, second, signature);
}

static void refuse_bytes(const char *text, size_t length, const char *part)
{
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;
    struct error err = {.message = "none"};

    if (jwt_decode(text, length, &jwt, &err))
        fail_msg("accepted: %s", text);
    assert_error(&err, ERROR_PROTOCOL, part);
    assert_null(jwt.header);
    assert_null(jwt.claims);
    assert_int_equal(jwt.signing_input.length, 0);
}

static void refuse(const char *text, const char *part)
{
    refuse_bytes(text, strlen(text), part);
}

static void refuse_made(const char *header, const char *payload, const char *signature, const char *part)
{
    _cleanup_free_ char *token = make(header, payload, signature);

    refuse(token, part);
}

/* RFC 7519, 3.1. */
static void decodes_the_example_of_rfc_7519(void **state)
{
    static const char token[] = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
                                "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
                                "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    static const char hash[] = "\x74\x18\xdf\xb4\x97\x99\xe0\x25\x4f\xfa\x60\x7d\xd8\xad\xbb\xba"
                               "\x16\xd4\x25\x4d\x69\xd6\xbf\xf0\x5b\x58\x05\x58\x53\x84\x8d\x79";
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;
    struct error err;
    int64_t expiry;

    (void)state;
    assert_true(jwt_decode(token, strlen(token), &jwt, &err));
    assert_string_equal(json_string(jwt.header, "alg"), "HS256");
    assert_string_equal(json_string(jwt.header, "typ"), "JWT");
    assert_string_equal(json_string(jwt.claims, "iss"), "joe");
    assert_true(json_integer(jwt.claims, "exp", &expiry));
    assert_int_equal(expiry, 1300819380);
    assert_true(json_boolean(jwt.claims, "http://example.com/is_root", false));
    assert_int_equal(jwt.signing_input.length, strrchr(token, '.') - token);
    assert_memory_equal(jwt.signing_input.data, token, jwt.signing_input.length);
    assert_int_equal(jwt.signature.length, 32);
    assert_memory_equal(jwt.signature.data, hash, 32);
}

static void decodes_an_unsecured_one(void **state)
{
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;
    struct error err;

    (void)state;
    assert_true(jwt_decode(RFC7515_A5, strlen(RFC7515_A5), &jwt, &err));
    assert_int_equal(jwt.signature.length, 0);
    assert_string_equal(json_string(jwt.header, "alg"), "none");
}

static void refuses_other_forms(void **state)
{
    (void)state;
    refuse("", "empty");
    refuse("opaque", "not 1");
    refuse("a.b", "not 2");
    refuse("a.b.c.d", "not 4");
    refuse("a.b.c.d.e", "encrypted");
    refuse("a.b.c.d.e.f", "not 6");
    refuse("..", "header");
    refuse("{\"payload\":\"\"}", "not 1");
}

static void names_the_part_that_is_wrong(void **state)
{
    (void)state;
    refuse("!.e30.", "the token's header: character 1");
    refuse("e30.!.", "the token's payload: character 1");
    refuse("e30.e30.!", "the token's signature: character 1");
    refuse("e30=.e30.", "the token's header: unexpected base64url padding");
    refuse("e30.e31.", "the token's payload: base64url with non-zero unused bits");
    refuse("e30.e30.AAAAA", "the token's signature: truncated base64url");
    refuse("e30 .e30.", "the token's header");
    refuse("e30.e30.\n", "the token's signature");
    refuse_bytes("e30.e30.A\0", 10, "the token's signature");
    refuse_made("[]", "{}", "", "header: not a JSON object");
    refuse_made("{}", "\"x\"", "", "payload: not a JSON object");
    refuse_made("{", "{}", "", "header: line 1");
    refuse_made("{}", "{}x", "", "payload: line 1");
    refuse_made("", "{}", "", "header: line 1");
    refuse_made("{}", "", "", "payload: line 1");
    refuse_made("{\"alg\":\"none\",\"alg\":\"ES384\"}", "{}", "", "duplicate member \"alg\"");
    refuse_made("{}", "{\"exp\":1,\"exp\":2}", "", "duplicate member \"exp\"");
    refuse_made("{}", "{\"sub\":\"\xff\"}", "", "UTF-8");
}

static void refuses_garbage_quickly(void **state)
{
    size_t length = 10000000;
    char *text = malloc(length);

    (void)state;
    memset(text, '.', length);
    refuse_bytes(text, length, "longer than 65536 bytes");
    refuse_bytes(text, 5000, "not 5001");
    memset(text, 'A', length);
    text[10] = text[20] = '.';
    refuse_bytes(text, length, "longer than 65536 bytes");
    refuse_bytes(text, JWT_LENGTH_MAXIMUM + 1, "longer than 65536 bytes");
    refuse_bytes(text, JWT_LENGTH_MAXIMUM, "header");
    free(text);
}

/* Flipping any bit of header or payload gives a refusal or other content; never the same. */
static void no_two_texts_decode_alike(void **state)
{
    static const char token[] = JOSE_ES384;
    struct jwt original = JWT_EMPTY;
    struct error err;

    (void)state;
    assert_true(jwt_decode(token, strlen(token), &original, &err));
    for (size_t bit = 0; bit < 8 * strlen(token); bit++) {
        _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;
        char copy[sizeof(token)];

        memcpy(copy, token, sizeof(token));
        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        if (jwt_decode(copy, strlen(token), &jwt, &err))
            assert_false(json_equal(jwt.header, original.header) && json_equal(jwt.claims, original.claims) &&
                         jwt.signature.length == original.signature.length &&
                         memcmp(jwt.signature.data, original.signature.data, jwt.signature.length) == 0);
    }
    jwt_release(&original);
    jwt_release(&original);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_the_example_of_rfc_7519),
        cmocka_unit_test(decodes_an_unsecured_one),
        cmocka_unit_test(refuses_other_forms),
        cmocka_unit_test(names_the_part_that_is_wrong),
        cmocka_unit_test(refuses_garbage_quickly),
        cmocka_unit_test(no_two_texts_decode_alike),
    };

    return cmocka_run_group_tests_name("jwt", tests, NULL, NULL);
}
