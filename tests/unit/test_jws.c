#include "unit.h"

#include "codec/base64url.h"
#include "crypto/jws.h"
#include "jws_vectors.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static struct jwk_set *parse_keys(const char *text)
{
    struct error err = {.message = ""};
    _cleanup_json_ struct json *document = json_parse(text, strlen(text), &err);
    struct jwk_set *set = jwk_set_parse(document, &err);

    if (!set)
        fail_msg("%s: %s", text, err.message);
    return set;
}

/*
 * jwt_decode() without the demand that the payload be JSON, because that of most examples isn't. False for
 * what isn't base64url or has no JSON header.
 */
static bool decode(const char *token, struct jwt *jwt)
{
    const char *dot = strchr(token, '.');
    const char *last = strrchr(token, '.');
    _cleanup_buffer_ struct buffer header = BUFFER(JWT_LENGTH_MAXIMUM);
    struct error err;

    if (!base64url_decode(token, (size_t)(dot - token), &header, &err) ||
        !base64url_decode(last + 1, strlen(last + 1), &jwt->signature, &err))
        return false;
    jwt->header = json_parse(buffer_text(&header), header.length, &err);
    return json_is_object(jwt->header) &&
           buffer_append(&jwt->signing_input, token, (size_t)(last - token), &err);
}

static enum jws_verdict verify(const char *token, const struct jwk_set *keys, char detail[200])
{
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;

    if (!decode(token, &jwt))
        fail_msg("can't decode %s", token);
    snprintf(detail, 200, "untouched");
    return jws_verify(&jwt, keys, detail, 200);
}

/* The verdict on a token by the keys of a JWK or JWK Set, and a part of the detail. */
static void expect(const char *token, const char *keys, enum jws_verdict verdict, const char *part)
{
    _cleanup_jwk_set_ struct jwk_set *set = parse_keys(keys);
    char detail[200];

    assert_int_equal(verify(token, set, detail), verdict);
    if (!strstr(detail, part))
        fail_msg("\"%s\" isn't in \"%s\"", part, detail);
}

static void agrees_with_rfc_7515(void **state)
{
    (void)state;
    expect(RFC7515_A2, RFC7515_A2_KEY, JWS_VALID, "RS256 by a key without a kid");
    expect(RFC7515_A3, RFC7515_A3_KEY, JWS_VALID, "ES256");
    expect(RFC7515_A4, RFC7515_A4_KEY, JWS_VALID, "ES512");
    expect(RFC7515_A1, RFC7515_A1_KEY, JWS_UNSUPPORTED_ALGORITHM, "HS256");
    expect(RFC7515_A5, RFC7515_A2_KEY, JWS_UNSUPPORTED_ALGORITHM, "none");
}

static void agrees_with_rfc_7520(void **state)
{
    (void)state;
    expect(RFC7520_41, RFC7520_RSA_KEY, JWS_VALID, "RS256 by key bilbo.baggins@hobbiton.example");
    expect(RFC7520_42, RFC7520_RSA_KEY, JWS_UNSUPPORTED_ALGORITHM, "PS384");
    expect(RFC7520_43, RFC7520_EC_KEY, JWS_VALID, "ES512 by key bilbo.baggins@hobbiton.example");
    expect(RFC7520_44, RFC7520_44_KEY, JWS_UNSUPPORTED_ALGORITHM, "HS256");
    /* The RSA and the EC key have one kid: the one that fits is found. */
    expect(RFC7520_43, "{\"keys\":[" RFC7520_RSA_KEY "," RFC7520_EC_KEY "]}", JWS_VALID, "ES512");
}

static void refuses_eddsa_of_rfc_8037(void **state)
{
    (void)state;
    expect(RFC8037_A4, RFC8037_A2_KEY, JWS_UNSUPPORTED_ALGORITHM, "EdDSA");
}

static void agrees_with_other_programs(void **state)
{
    (void)state;
    expect(JOSE_RS256, JOSE_KEY_SET, JWS_VALID, "RS256 by key key-RS256");
    expect(JOSE_PS256, JOSE_KEY_SET, JWS_VALID, "PS256 by key key-PS256");
    expect(JOSE_ES256, JOSE_KEY_SET, JWS_VALID, "ES256 by key key-ES256");
    expect(JOSE_ES384, JOSE_KEY_SET, JWS_VALID, "ES384 by key key-ES384");
    expect(JOSE_ES512, JOSE_KEY_SET, JWS_VALID, "ES512 by key key-ES512");
    expect(NODE_PS256, JOSE_KEY_SET, JWS_VALID, "PS256 by key key-PS256");
    expect(NODE_ES384, JOSE_KEY_SET, JWS_VALID, "ES384 by key key-ES384");
    expect(NODE_ES384_NO_KID, JOSE_KEY_SET, JWS_VALID, "ES384 by key key-ES384");
}

static void refuses_other_algorithms_by_name(void **state)
{
    (void)state;
    expect(NODE_HS256_CONFUSED, JOSE_KEY_SET, JWS_UNSUPPORTED_ALGORITHM, "unsupported alg HS256");
    expect(NODE_ES384_NO_ALG, JOSE_KEY_SET, JWS_UNSUPPORTED_ALGORITHM, "missing alg");
    expect(NODE_ES384_ALG_CASE, JOSE_KEY_SET, JWS_UNSUPPORTED_ALGORITHM, "es384");
    expect(NODE_ES384_CRIT, JOSE_KEY_SET, JWS_UNSUPPORTED_ALGORITHM, "crit");
    expect(NODE_ES384_CRIT_EMPTY, JOSE_KEY_SET, JWS_UNSUPPORTED_ALGORITHM, "crit");
    expect(NODE_ES384_B64, JOSE_KEY_SET, JWS_UNSUPPORTED_ALGORITHM, "crit");
}

/* Valid signatures, but not of the form that the algorithm prescribes. */
static void refuses_other_forms_of_signature(void **state)
{
    (void)state;
    expect(NODE_ES384_DER, JOSE_KEY_SET, JWS_BAD_SIGNATURE, "key-ES384");
    expect(NODE_ES384_WITH_SHA256, JOSE_KEY_SET, JWS_BAD_SIGNATURE, "key-ES384");
    expect(NODE_PS256_SALT_0, JOSE_KEY_SET, JWS_BAD_SIGNATURE, "key-PS256");
    expect(NODE_PS256_SALT_20, JOSE_KEY_SET, JWS_BAD_SIGNATURE, "key-PS256");
    expect(NODE_PS256_AS_PKCS1, JOSE_KEY_SET, JWS_BAD_SIGNATURE, "key-PS256");
}

static void tries_no_key_that_does_not_fit(void **state)
{
    (void)state;
    expect(NODE_ES256_BY_P384, JOSE_KEY_SET, JWS_UNKNOWN_KEY,
           "key key-ES384 is for ES384, the token has alg ES256");
    expect(NODE_ES384_KID_NUMBER, JOSE_KEY_SET, JWS_UNKNOWN_KEY, "kid must be a string");
    expect(NODE_RSA_1024_TOKEN, NODE_RSA_1024_KEY, JWS_UNKNOWN_KEY,
           "key small is unusable: RSA key with less than 2048");
    expect(JOSE_ES384, OTHER_P384_KEY, JWS_UNKNOWN_KEY, "no key key-ES384");
    expect(NODE_ES384_NO_KID, OTHER_P384_KEY, JWS_BAD_SIGNATURE, "any of 1 matching key");
    expect(NODE_ES384_NO_KID, RFC7515_A3_KEY, JWS_UNKNOWN_KEY, "no key for ES384");
    expect(NODE_ES384_NO_KID, "{\"keys\":[]}", JWS_UNKNOWN_KEY, "no key for ES384");
    expect(RFC7520_41, RFC7520_EC_KEY, JWS_UNKNOWN_KEY, "is for P-521, the token has alg RS256");
    expect(RFC7520_43, RFC7520_RSA_KEY, JWS_UNKNOWN_KEY, "is for RSA, the token has alg ES512");
}

/* Without a kid every key that fits is tried, wherever it stands. */
static void tries_all_that_fit_without_kid(void **state)
{
    static const char first[] = "{\"keys\":[" OTHER_P384_KEY "," RFC7515_A3_KEY "]}";
    struct error err;
    _cleanup_json_ struct json *keys = json_parse(JOSE_KEY_SET, strlen(JOSE_KEY_SET), &err);
    _cleanup_json_ struct json *all = json_parse(first, strlen(first), &err);
    struct json *array = json_copy(json_member(all, "keys"));
    _cleanup_jwk_set_ struct jwk_set *set = NULL;
    char detail[200];

    (void)state;
    for (const struct json *key = json_first(json_member(keys, "keys")); key; key = json_next(key))
        json_append(array, json_copy(key));
    json_set(all, "keys", array);
    set = jwk_set_parse(all, &err);
    assert_int_equal(verify(NODE_ES384_NO_KID, set, detail), JWS_VALID);
    assert_non_null(strstr(detail, "key-ES384"));
}

/* A key with an alg of its own is used for that one only. */
static void minds_the_alg_of_the_key(void **state)
{
    struct error err;
    _cleanup_json_ struct json *key = json_parse(RFC7520_RSA_KEY, strlen(RFC7520_RSA_KEY), &err);
    char *text;

    (void)state;
    json_set_string(key, "alg", "RS256");
    text = json_print(key, false);
    expect(RFC7520_41, text, JWS_VALID, "RS256");
    memory_wipe_free(text);
    json_set_string(key, "alg", "PS256");
    text = json_print(key, false);
    expect(RFC7520_41, text, JWS_UNKNOWN_KEY, "is for PS256, the token has alg RS256");
    memory_wipe_free(text);
}

/*
 * Verifies every copy of `token` in which one bit is flipped; none may pass. Some can't even be decoded any
 * more. `step` leaves bits out, because an ES512 signature takes a while under valgrind.
 */
static void refuse_flipped_bits(const char *token, size_t step)
{
    _cleanup_jwk_set_ struct jwk_set *keys = parse_keys(JOSE_KEY_SET);
    size_t length = strlen(token);
    char detail[200];
    size_t verified = 0;

    for (size_t bit = 0; bit < 8 * length; bit += step) {
        _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;
        _cleanup_free_ char *copy = memory_duplicate(token);

        copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << bit % 8);
        if (!strchr(copy, '.') || strlen(copy) != length || !decode(copy, &jwt))
            continue;
        verified++;
        if (jws_verify(&jwt, keys, detail, sizeof(detail)) == JWS_VALID)
            fail_msg("bit %zu of %s doesn't matter", bit, token);
    }
    assert_true(verified > length / step);
}

static void refuses_every_flipped_bit(void **state)
{
    (void)state;
    refuse_flipped_bits(JOSE_RS256, 1);
    refuse_flipped_bits(JOSE_PS256, 1);
    refuse_flipped_bits(JOSE_ES256, 1);
    refuse_flipped_bits(JOSE_ES384, 7);
    refuse_flipped_bits(JOSE_ES512, 7);
}

static enum jws_verdict verify_with_signature(const char *token, const void *signature, size_t length)
{
    _cleanup_jwk_set_ struct jwk_set *keys = parse_keys(JOSE_KEY_SET);
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;
    struct error err;
    char detail[200];

    assert_true(decode(token, &jwt));
    buffer_release(&jwt.signature);
    assert_true(buffer_append(&jwt.signature, signature, length, &err));
    return jws_verify(&jwt, keys, detail, sizeof(detail));
}

/* The order of P-384, which r and s must stay below (SEC 1, 4.1.4). */
static const unsigned char order_p384[48] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf,
    0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73};

static void refuses_r_and_s_out_of_range(void **state)
{
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;
    unsigned char signature[96];

    (void)state;
    assert_true(decode(JOSE_ES384, &jwt));
    assert_int_equal(jwt.signature.length, sizeof(signature));
    memset(signature, 0, sizeof(signature));
    assert_int_equal(verify_with_signature(JOSE_ES384, signature, 96), JWS_BAD_SIGNATURE);
    memcpy(signature + 48, buffer_text(&jwt.signature) + 48, 48); /* r = 0 */
    assert_int_equal(verify_with_signature(JOSE_ES384, signature, 96), JWS_BAD_SIGNATURE);
    memcpy(signature, buffer_text(&jwt.signature), 48);
    assert_int_equal(verify_with_signature(JOSE_ES384, signature, 96), JWS_VALID);
    memset(signature + 48, 0, 48); /* s = 0 */
    assert_int_equal(verify_with_signature(JOSE_ES384, signature, 96), JWS_BAD_SIGNATURE);
    memcpy(signature + 48, order_p384, 48);
    assert_int_equal(verify_with_signature(JOSE_ES384, signature, 96), JWS_BAD_SIGNATURE);
    memcpy(signature, order_p384, 48);
    assert_int_equal(verify_with_signature(JOSE_ES384, signature, 96), JWS_BAD_SIGNATURE);
    memset(signature, 0xff, 96);
    assert_int_equal(verify_with_signature(JOSE_ES384, signature, 96), JWS_BAD_SIGNATURE);
}

static void refuses_other_lengths(void **state)
{
    static const char *const tokens[] = {JOSE_RS256, JOSE_PS256, JOSE_ES256, JOSE_ES384, JOSE_ES512};
    char signature[300];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
        _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;
        size_t length;

        assert_true(decode(tokens[i], &jwt));
        length = jwt.signature.length;
        memset(signature, 0, sizeof(signature));
        memcpy(signature + 1, buffer_text(&jwt.signature), length);
        assert_int_equal(verify_with_signature(tokens[i], signature + 1, length), JWS_VALID);
        assert_int_equal(verify_with_signature(tokens[i], signature, 0), JWS_BAD_SIGNATURE);
        assert_int_equal(verify_with_signature(tokens[i], signature + 1, length - 1), JWS_BAD_SIGNATURE);
        assert_int_equal(verify_with_signature(tokens[i], signature + 1, length + 1), JWS_BAD_SIGNATURE);
        assert_int_equal(verify_with_signature(tokens[i], signature, length + 1), JWS_BAD_SIGNATURE);
        assert_int_equal(verify_with_signature(tokens[i], signature, length), JWS_BAD_SIGNATURE);
        assert_int_equal(verify_with_signature(tokens[i], signature, 300), JWS_BAD_SIGNATURE);
    }
}

/* What a token says about itself can't break the line it is shown in, nor the caller's buffer. */
static void keeps_the_detail_harmless(void **state)
{
    static const char header[] = "{\"alg\":\"ES384\",\"kid\":\"a\\nb\\u001b[31mc\xc3\xa9"
                                 "0123456789012345678901234567890123456789012345678901234567890123456789\"}";
    _cleanup_jwk_set_ struct jwk_set *keys = parse_keys(JOSE_KEY_SET);
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;
    struct error err;
    char detail[200];
    char small[10] = "123456789";

    (void)state;
    jwt.header = json_parse(header, strlen(header), &err);
    assert_int_equal(jws_verify(&jwt, keys, detail, sizeof(detail)), JWS_UNKNOWN_KEY);
    assert_non_null(strstr(detail, "a?b?[31mc??0123"));
    assert_non_null(strstr(detail, "…"));
    assert_int_equal(jws_verify(&jwt, keys, small, 5), JWS_UNKNOWN_KEY);
    assert_string_equal(small, "no k");
    assert_string_equal(small + 5, "6789");
}

struct share {
    const struct jwk_set *keys;
    size_t wrong;
};

static void *verify_many(void *argument)
{
    static const char *const tokens[] = {JOSE_RS256, JOSE_PS256, JOSE_ES256, JOSE_ES384, JOSE_ES512};
    struct share *share = argument;
    char detail[200];

    for (int i = 0; i < 10; i++) {
        for (size_t j = 0; j < ARRAY_SIZE(tokens); j++)
            share->wrong += verify(tokens[j], share->keys, detail) != JWS_VALID;
        share->wrong += verify(NODE_ES384_DER, share->keys, detail) != JWS_BAD_SIGNATURE;
    }
    return NULL;
}

static void lets_threads_share_keys(void **state)
{
    _cleanup_jwk_set_ struct jwk_set *keys = parse_keys(JOSE_KEY_SET);
    struct share shares[8];
    pthread_t threads[8];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
        shares[i] = (struct share){keys, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, verify_many, &shares[i]), 0);
    }
    for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(shares[i].wrong, 0);
    }
}

static void knows_its_algorithms(void **state)
{
    static const char *const ours[] = {"RS256", "PS256", "ES256", "ES384", "ES512"};
    static const char *const others[] = {"none",  "None",  "HS256", "HS384", "HS512",  "RS384", "RS512",
                                         "PS384", "PS512", "EdDSA", "rs256", "ES256K", "",      "ES384 "};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(ours); i++)
        assert_true(jws_algorithm_supported(ours[i]));
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        assert_false(jws_algorithm_supported(others[i]));
    assert_false(jws_algorithm_supported(NULL));
}

/* OpenID Connect Core, A.3 (at_hash) and A.4 (c_hash), RS256; the longer ones by Python's hashlib. */
static void hashes_by_half(void **state)
{
    static const char token[] = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
    static const char code[] = "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk";
    char hash[44];

    (void)state;
    assert_true(jws_half_hash("RS256", token, strlen(token), hash));
    assert_string_equal(hash, "77QmUPtjPfzWtF2AnpK9RQ");
    assert_true(jws_half_hash("PS256", code, strlen(code), hash));
    assert_string_equal(hash, "LDktKdoQak3Pk0cnXxCltA");
    assert_true(jws_half_hash("ES384", token, strlen(token), hash));
    assert_string_equal(hash, "jtAeDp945y1dDqU3nkIVGNZP1HjH_MFs");
    assert_true(jws_half_hash("ES512", token, strlen(token), hash));
    assert_string_equal(hash, "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM");
    assert_false(jws_half_hash("HS256", token, strlen(token), hash));
    assert_false(jws_half_hash(NULL, token, strlen(token), hash));
}

/* Without any implementation of its hash, nothing can be said about a signature. */
static void what_openssl_cannot_check_is_undecided(void **state)
{
    _cleanup_jwk_set_ struct jwk_set *keys = parse_keys(JOSE_KEY_SET);
    char detail[200];

    (void)state;
    assert_int_equal(EVP_set_default_properties(NULL, "provider=nobody"), 1);
    assert_int_equal(verify(JOSE_ES384, keys, detail), JWS_UNDECIDED);
    assert_string_equal(detail, "OpenSSL failed to verify an ES384 signature");
    assert_int_equal(verify(JOSE_RS256, keys, detail), JWS_UNDECIDED);
    assert_int_equal(EVP_set_default_properties(NULL, ""), 1);
    assert_int_equal(verify(JOSE_ES384, keys, detail), JWS_VALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_rfc_7515),
        cmocka_unit_test(agrees_with_rfc_7520),
        cmocka_unit_test(refuses_eddsa_of_rfc_8037),
        cmocka_unit_test(agrees_with_other_programs),
        cmocka_unit_test(refuses_other_algorithms_by_name),
        cmocka_unit_test(refuses_other_forms_of_signature),
        cmocka_unit_test(tries_no_key_that_does_not_fit),
        cmocka_unit_test(tries_all_that_fit_without_kid),
        cmocka_unit_test(minds_the_alg_of_the_key),
        cmocka_unit_test(refuses_every_flipped_bit),
        cmocka_unit_test(refuses_r_and_s_out_of_range),
        cmocka_unit_test(refuses_other_lengths),
        cmocka_unit_test(keeps_the_detail_harmless),
        cmocka_unit_test(lets_threads_share_keys),
        cmocka_unit_test(knows_its_algorithms),
        cmocka_unit_test(hashes_by_half),
        cmocka_unit_test(what_openssl_cannot_check_is_undecided),
    };

    return cmocka_run_group_tests_name("jws", tests, NULL, NULL);
}
