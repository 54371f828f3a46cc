#include "unit.h"

#include "codec/base64url.h"
#include "crypto/pkce.h"

/* RFC 7636, appendix B. */
static const unsigned char octets[] = {116, 24,  223, 180, 151, 153, 224, 37,  79,  250, 96,
                                       125, 216, 173, 187, 186, 22,  212, 37,  77,  105, 214,
                                       191, 240, 91,  88,  5,   88,  83,  132, 141, 121};
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static bool random_of_the_rfc(struct system *system, void *bytes, size_t length, struct error *err)
{
    (void)system;
    (void)err;
    assert_int_equal(length, sizeof(octets));
    memcpy(bytes, octets, length);
    return true;
}

static bool no_random(struct system *system, void *bytes, size_t length, struct error *err)
{
    (void)system;
    (void)bytes;
    (void)length;
    return error_set(err, ERROR_INTERNAL, "no random numbers");
}

static void agrees_with_rfc_7636(void **state)
{
    struct system system = {.random = random_of_the_rfc};
    _cleanup_secret_ struct secret *verifier = NULL;
    char challenge[44];
    struct error err;

    (void)state;
    verifier = pkce_random(&system, &err);
    assert_string_equal(secret_text(verifier), VERIFIER);
    assert_int_equal(secret_length(verifier), 43);
    assert_true(pkce_challenge(verifier, challenge, &err));
    assert_string_equal(challenge, CHALLENGE);
}

static void fails_without_random_numbers(void **state)
{
    struct system system = {.random = no_random};
    struct error err;

    (void)state;
    assert_null(pkce_random(&system, &err));
    assert_error(&err, ERROR_INTERNAL, "random");
}

static void never_repeats(void **state)
{
    struct secret *values[100];
    struct error err;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        values[i] = pkce_random(system_real(), &err);
        assert_int_equal(secret_length(values[i]), 43);
        for (size_t j = 0; j < i; j++)
            assert_false(secret_equal(values[i], values[j]));
    }
    for (size_t i = 0; i < ARRAY_SIZE(values); i++)
        secret_free(&values[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_rfc_7636),
        cmocka_unit_test(fails_without_random_numbers),
        cmocka_unit_test(never_repeats),
    };

    return cmocka_run_group_tests_name("pkce", tests, NULL, NULL);
}
