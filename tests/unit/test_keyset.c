#include "fake.h"

#include "oidc/cache.h"
#include "oidc/keyset.h"

#include <openssl/evp.h>

#define PAUSE 60

static void expect_keys(struct fake_world *world, const struct fake_key *first, const struct fake_key *second)
{
    _cleanup_free_ char *text = fake_key_set(first, second);

    fake_expect(&world->http, FAKE_KEYS, 200, text);
}

static void load(struct fake_world *world, struct keyset *keyset)
{
    struct error err = {.message = ""};

    if (!keyset_load(&world->oidc, FAKE_ISSUER, FAKE_KEYS, keyset, &err))
        fail_msg("%s", err.message);
}

/* The verdict on a token signed by `key`. */
static enum jws_verdict verify(struct fake_world *world, struct keyset *keyset, const struct fake_key *key,
                               int64_t pause)
{
    _cleanup_json_ struct json *claims = fake_claims(world);
    _cleanup_free_ char *token = fake_jwt(key, NULL, claims);
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;
    enum jws_verdict verdict;
    struct error err = {.message = ""};
    char detail[200];

    assert_true(jwt_decode(token, strlen(token), &jwt, &err));
    if (!keyset_verify(&world->oidc, keyset, &jwt, pause, &verdict, detail, sizeof(detail), &err))
        fail_msg("%s", err.message);
    return verdict;
}

static void keys_are_fetched_once_and_verify(void **state)
{
    struct fake_world *world = *state;
    _cleanup_keyset_ struct keyset first = {0}, second = {0};

    expect_keys(world, world->key, NULL);
    load(world, &first);
    assert_true(first.fetched_at > 0);
    assert_int_equal(verify(world, &first, world->key, PAUSE), JWS_VALID);
    load(world, &second);
    assert_false(second.fetched_at > 0);
    assert_int_equal(verify(world, &second, world->key, PAUSE), JWS_VALID);
    assert_all_asked(&world->http);
}

static void logtos_no_cache_is_taken_as_ten_minutes(void **state)
{
    struct fake_world *world = *state;
    _cleanup_keyset_ struct keyset first = {0}, second = {0}, third = {0};
    _cleanup_free_ char *text = fake_key_set(world->key, NULL);

    fake_expect(&world->http, FAKE_KEYS, 200, text)->max_age = 0;
    load(world, &first);
    world->system.now += 599;
    load(world, &second);
    assert_all_asked(&world->http);
    world->system.now++;
    fake_expect(&world->http, FAKE_KEYS, 200, text);
    load(world, &third);
    assert_all_asked(&world->http);
}

static void an_unknown_key_fetches_once_more(void **state)
{
    struct fake_world *world = *state;
    struct fake_key *newer = fake_key_new("key2");
    _cleanup_keyset_ struct keyset keyset = {0};

    fake_fill_cache(world);
    load(world, &keyset);
    expect_keys(world, world->key, newer);
    assert_int_equal(verify(world, &keyset, newer, 0), JWS_VALID);
    assert_int_equal(verify(world, &keyset, world->key, 0), JWS_VALID);
    assert_all_asked(&world->http);
    fake_key_free(&newer);
}

static void freshly_fetched_keys_are_not_fetched_again_by_a_single_check(void **state)
{
    struct fake_world *world = *state;
    struct fake_key *stranger = fake_key_new("stranger");
    _cleanup_keyset_ struct keyset keyset = {0};

    expect_keys(world, world->key, NULL);
    load(world, &keyset);
    assert_int_equal(verify(world, &keyset, stranger, 0), JWS_UNKNOWN_KEY);
    assert_all_asked(&world->http);
    fake_key_free(&stranger);
}

static void between_two_fetches_for_unknown_keys_lies_a_pause(void **state)
{
    struct fake_world *world = *state;
    struct fake_key *stranger = fake_key_new("stranger");
    _cleanup_keyset_ struct keyset keyset = {0};

    fake_fill_cache(world);
    load(world, &keyset);
    expect_keys(world, world->key, NULL);
    assert_int_equal(verify(world, &keyset, stranger, PAUSE), JWS_UNKNOWN_KEY);
    assert_int_equal(verify(world, &keyset, stranger, PAUSE), JWS_UNKNOWN_KEY);
    world->system.now += PAUSE - 1;
    assert_int_equal(verify(world, &keyset, stranger, PAUSE), JWS_UNKNOWN_KEY);
    assert_int_equal(world->http.request_count, 1);
    world->system.now++;
    expect_keys(world, world->key, stranger);
    assert_int_equal(verify(world, &keyset, stranger, PAUSE), JWS_VALID);
    assert_all_asked(&world->http);
    fake_key_free(&stranger);
}

static void keys_fetched_just_now_count_for_the_pause_too(void **state)
{
    struct fake_world *world = *state;
    struct fake_key *stranger = fake_key_new("stranger");
    _cleanup_keyset_ struct keyset keyset = {0};

    expect_keys(world, world->key, NULL);
    load(world, &keyset);
    assert_int_equal(verify(world, &keyset, stranger, PAUSE), JWS_UNKNOWN_KEY);
    world->system.now += PAUSE;
    expect_keys(world, world->key, stranger);
    assert_int_equal(verify(world, &keyset, stranger, PAUSE), JWS_VALID);
    fake_key_free(&stranger);
}

static void the_pause_holds_between_processes(void **state)
{
    struct fake_world *world = *state;
    struct fake_key *stranger = fake_key_new("stranger");
    _cleanup_keyset_ struct keyset first = {0}, second = {0};

    fake_fill_cache(world);
    load(world, &first);
    expect_keys(world, world->key, NULL);
    assert_int_equal(verify(world, &first, stranger, PAUSE), JWS_UNKNOWN_KEY);
    load(world, &second);
    assert_int_equal(verify(world, &second, stranger, PAUSE), JWS_UNKNOWN_KEY);
    assert_all_asked(&world->http);
    world->system.now -= 1000; /* a clock set back must not make the pause last for ever */
    expect_keys(world, world->key, stranger);
    assert_int_equal(verify(world, &second, stranger, PAUSE), JWS_VALID);
    fake_key_free(&stranger);
}

static void a_bad_signature_by_a_known_key_fetches_nothing(void **state)
{
    struct fake_world *world = *state;
    struct fake_key *forger = fake_key_new("key1");
    _cleanup_keyset_ struct keyset keyset = {0};

    fake_fill_cache(world);
    load(world, &keyset);
    assert_int_equal(verify(world, &keyset, forger, 0), JWS_BAD_SIGNATURE);
    assert_int_equal(verify(world, &keyset, forger, PAUSE), JWS_BAD_SIGNATURE);
    fake_key_free(&forger);
}

static void when_fetching_again_fails_there_is_no_verdict(void **state)
{
    struct fake_world *world = *state;
    struct fake_key *stranger = fake_key_new("stranger");
    _cleanup_json_ struct json *claims = fake_claims(world);
    _cleanup_free_ char *token = fake_jwt(stranger, NULL, claims);
    _cleanup_keyset_ struct keyset keyset = {0};
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;
    enum jws_verdict verdict;
    struct error err;
    char detail[200];

    fake_fill_cache(world);
    load(world, &keyset);
    assert_true(jwt_decode(token, strlen(token), &jwt, &err));
    fake_expect_failure(&world->http, FAKE_KEYS, ERROR_NETWORK, false);
    assert_false(keyset_verify(&world->oidc, &keyset, &jwt, 0, &verdict, detail, sizeof(detail), &err));
    assert_error(&err, ERROR_NETWORK, "reading the key set");
    assert_int_equal(verify(world, &keyset, world->key, PAUSE), JWS_VALID); /* what was there still works */
    fake_key_free(&stranger);
}

static void offline_and_keys_from_a_file_fetch_nothing(void **state)
{
    struct fake_world *world = *state;
    struct fake_key *stranger = fake_key_new("stranger");
    _cleanup_keyset_ struct keyset keyset = {0};

    fake_fill_cache(world);
    world->oidc.offline = true;
    load(world, &keyset);
    assert_int_equal(verify(world, &keyset, stranger, PAUSE), JWS_UNKNOWN_KEY);
    assert_int_equal(verify(world, &keyset, world->key, PAUSE), JWS_VALID);
    world->oidc.offline = false;
    keyset.jwks_uri = NULL;
    assert_int_equal(verify(world, &keyset, stranger, PAUSE), JWS_UNKNOWN_KEY);
    fake_key_free(&stranger);
}

static void keys_of_another_address_are_not_taken(void **state)
{
    struct fake_world *world = *state;
    struct fake_key *other = fake_key_new("other");
    _cleanup_free_ char *set = fake_key_set(other, NULL);
    _cleanup_keyset_ struct keyset keyset = {0};
    struct fake_answer *answer;
    struct error err;

    fake_fill_cache(world);
    answer = fake_expect(&world->http, FAKE_ISSUER "/other", 200, set);
    answer->etag = "\"e2\"";
    assert_true(keyset_load(&world->oidc, FAKE_ISSUER, FAKE_ISSUER "/other", &keyset, &err));
    assert_all_asked(&world->http);
    assert_null(world->http.requests[0].etag);
    assert_int_equal(verify(world, &keyset, other, PAUSE), JWS_VALID);
    assert_int_equal(verify(world, &keyset, world->key, PAUSE), JWS_UNKNOWN_KEY);
    fake_key_free(&other);
}

static void what_is_no_key_set_is_refused_and_not_kept(void **state)
{
    struct fake_world *world = *state;
    struct keyset keyset = {0};
    struct cache_entry entry = {0};
    struct error err;

    fake_expect(&world->http, FAKE_KEYS, 200, "{\"keys\":5}");
    assert_false(keyset_load(&world->oidc, FAKE_ISSUER, FAKE_KEYS, &keyset, &err));
    assert_error(&err, ERROR_PROTOCOL, "reading the key set");
    assert_false(cache_read(FAKE_ISSUER, "jwks", FAKE_KEYS, &entry));
    assert_null(keyset.keys);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

/* No verdict is no unknown key: nothing is fetched, and nobody is told that the signature is wrong. */
static void what_cannot_be_checked_is_an_internal_error(void **state)
{
    struct fake_world *world = *state;
    _cleanup_keyset_ struct keyset keyset = {0};
    _cleanup_json_ struct json *claims = fake_claims(world);
    _cleanup_free_ char *token = fake_jwt(world->key, NULL, claims);
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;
    enum jws_verdict verdict;
    struct error err = {.message = ""};
    char detail[200];

    expect_keys(world, world->key, NULL);
    load(world, &keyset);
    assert_true(jwt_decode(token, strlen(token), &jwt, &err));
    assert_int_equal(EVP_set_default_properties(NULL, "provider=nobody"), 1);
    assert_false(keyset_verify(&world->oidc, &keyset, &jwt, 0, &verdict, detail, sizeof(detail), &err));
    assert_int_equal(EVP_set_default_properties(NULL, ""), 1);
    assert_int_equal(err.code, ERROR_INTERNAL);
    assert_string_equal(err.message, "OpenSSL failed to verify an ES384 signature");
    assert_all_asked(&world->http);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keys_are_fetched_once_and_verify),
        TEST(logtos_no_cache_is_taken_as_ten_minutes),
        TEST(an_unknown_key_fetches_once_more),
        TEST(freshly_fetched_keys_are_not_fetched_again_by_a_single_check),
        TEST(between_two_fetches_for_unknown_keys_lies_a_pause),
        TEST(keys_fetched_just_now_count_for_the_pause_too),
        TEST(the_pause_holds_between_processes),
        TEST(a_bad_signature_by_a_known_key_fetches_nothing),
        TEST(when_fetching_again_fails_there_is_no_verdict),
        TEST(offline_and_keys_from_a_file_fetch_nothing),
        TEST(keys_of_another_address_are_not_taken),
        TEST(what_is_no_key_set_is_refused_and_not_kept),
        TEST(what_cannot_be_checked_is_an_internal_error),
    };

    return cmocka_run_group_tests_name("keyset", tests, NULL, NULL);
}
