#include "fake.h"

#include "oidc/cache.h"
#include "oidc/id_token.h"

#include <openssl/hmac.h>

#define NONCE "n-0S6_WzA2Mj"

/* What a sign-in expects: our app, our nonce, our access token. */
struct scene {
    struct fake_world *world;
    struct provider provider;
    struct secret *nonce, *access_token;
    struct id_token_expectation expected;
    struct json *claims; /* of a good token, for changing */
};

static int make_scene(void **state)
{
    struct scene *scene = memory_allocate(1, sizeof(*scene));
    void *world = NULL;

    if (fake_setup(&world) != 0)
        return -1;
    scene->world = world;
    fake_fill_cache(world);
    fake_provider(&scene->provider);
    scene->nonce = secret_from_text(NONCE);
    scene->access_token = secret_from_text("access-1");
    scene->expected = (struct id_token_expectation){
        .client_id = FAKE_APP, .nonce = scene->nonce, .access_token = scene->access_token};
    scene->claims = fake_claims(world);
    json_set_string(scene->claims, "nonce", NONCE);
    *state = scene;
    return 0;
}

static int release_scene(void **state)
{
    struct scene *scene = *state;
    void *world = scene->world;

    json_free(&scene->claims);
    secret_free(&scene->nonce);
    secret_free(&scene->access_token);
    provider_release(&scene->provider);
    free(scene);
    return fake_teardown(&world);
}

/* Takes `text` over. NULL error part: accepted. */
static void judge(struct scene *scene, char *text, const char *part)
{
    _cleanup_secret_ struct secret *token = secret_from_text(text);
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;
    struct error err = {.message = ""};
    bool ok = id_token_verify(&scene->world->oidc, &scene->provider, token, &scene->expected, &jwt, &err);

    free(text);
    if (part) {
        assert_false(ok);
        assert_error(&err, ERROR_PROTOCOL, "invalid ID token: ");
        assert_error(&err, ERROR_PROTOCOL, part);
        assert_null(jwt.claims);
    } else {
        if (!ok)
            fail_msg("%s", err.message);
        assert_string_equal(json_string(jwt.claims, "sub"), FAKE_SUBJECT);
    }
}

/* A token with the present claims, signed as it should be. */
static void expect_accepted(struct scene *scene)
{
    judge(scene, fake_jwt(scene->world->key, NULL, scene->claims), NULL);
}

static void expect_refused(struct scene *scene, const char *part)
{
    judge(scene, fake_jwt(scene->world->key, NULL, scene->claims), part);
}

static void set_audiences(struct scene *scene, const char *words)
{
    _cleanup_list_ struct list list = LIST_EMPTY;

    list_add_words(&list, words);
    json_set_list(scene->claims, "aud", &list);
}

static void a_good_token_is_accepted_without_any_request(void **state)
{
    struct scene *scene = *state;

    expect_accepted(scene);
    assert_int_equal(scene->world->http.request_count, 0);
}

static void another_or_no_issuer_is_refused(void **state)
{
    struct scene *scene = *state;

    json_set_string(scene->claims, "iss", "https://evil.example/oidc");
    expect_refused(scene, "issued by https://evil.example/oidc");
    json_set_string(scene->claims, "iss", FAKE_ISSUER "/");
    expect_refused(scene, "issued by");
    json_set_integer(scene->claims, "iss", 5);
    expect_refused(scene, "missing 'iss'");
    json_remove(scene->claims, "iss");
    expect_refused(scene, "missing 'iss'");
}

static void the_audience_must_hold_us(void **state)
{
    struct scene *scene = *state;

    json_set_string(scene->claims, "aud", "app2");
    expect_refused(scene, "another app ('aud')");
    json_set_string(scene->claims, "aud", "app1 app2");
    expect_refused(scene, "another app ('aud')");
    json_remove(scene->claims, "aud");
    expect_refused(scene, "another app ('aud')");
    set_audiences(scene, "app2 app3");
    expect_refused(scene, "another app ('aud')");
    set_audiences(scene, "");
    expect_refused(scene, "another app ('aud')");
    set_audiences(scene, FAKE_APP);
    expect_accepted(scene);
}

static void with_several_audiences_azp_must_be_us(void **state)
{
    struct scene *scene = *state;

    set_audiences(scene, "app0 " FAKE_APP);
    expect_refused(scene, "'azp' is missing");
    json_set_string(scene->claims, "azp", "app0");
    expect_refused(scene, "another app ('azp')");
    json_set_string(scene->claims, "azp", FAKE_APP);
    expect_accepted(scene);
}

static void azp_of_another_is_refused_for_one_audience_too(void **state)
{
    struct scene *scene = *state;

    json_set_string(scene->claims, "azp", FAKE_APP);
    expect_accepted(scene);
    json_set_string(scene->claims, "azp", "app2");
    expect_refused(scene, "another app ('azp')");
}

static void expiry_is_judged_with_five_minutes_tolerance(void **state)
{
    struct scene *scene = *state;

    json_set_integer(scene->claims, "exp", FAKE_NOW - 299);
    expect_accepted(scene);
    json_set_integer(scene->claims, "exp", FAKE_NOW - 300);
    expect_refused(scene, "expired 300 seconds ago");
    json_set_integer(scene->claims, "exp", 0);
    expect_refused(scene, "expired");
    json_set_integer(scene->claims, "exp", -1);
    expect_refused(scene, "expired");
}

static void a_clock_that_is_wrong_is_named(void **state)
{
    struct scene *scene = *state;
    struct http *http = scene->world->oidc.http;

    json_set_integer(scene->claims, "exp", FAKE_NOW - 7200);
    http->clock_offset = -7200;
    expect_refused(scene,
                   "expired 7200 seconds ago; the clock of this machine is 2 hours ahead of the server's");
    for (http->clock_offset = -60; http->clock_offset <= 60; http->clock_offset += 60) {
        _cleanup_free_ char *note = oidc_clock_note(http);

        assert_string_equal(note, "");
    }
    json_set_integer(scene->claims, "exp", FAKE_NOW + 3600);
    json_set_integer(scene->claims, "iat", FAKE_NOW + 301);
    http->clock_offset = 61;
    expect_refused(scene, "in the future; the clock of this machine is 61 seconds behind the server's");
    http->clock_offset = 0;
}

static void a_token_from_the_future_is_refused_beyond_the_tolerance(void **state)
{
    struct scene *scene = *state;

    json_set_integer(scene->claims, "iat", FAKE_NOW + 300);
    expect_accepted(scene);
    json_set_integer(scene->claims, "iat", FAKE_NOW + 301);
    expect_refused(scene, "issued 301 seconds in the future");
    json_set_integer(scene->claims, "iat", FAKE_NOW);
    json_set_integer(scene->claims, "nbf", FAKE_NOW + 300);
    expect_accepted(scene);
    json_set_integer(scene->claims, "nbf", FAKE_NOW + 301);
    expect_refused(scene, "not valid yet");
}

static void times_must_be_there_and_be_numbers(void **state)
{
    static const char *const names[] = {"exp", "iat"};
    struct scene *scene = *state;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        json_set_string(scene->claims, names[i], "1800003600");
        expect_refused(scene, "missing 'exp' or 'iat'");
        json_remove(scene->claims, names[i]);
        expect_refused(scene, "missing 'exp' or 'iat'");
        json_set_integer(scene->claims, names[i], FAKE_NOW + 10);
        expect_accepted(scene);
    }
}

static void the_nonce_must_be_ours(void **state)
{
    struct scene *scene = *state;

    json_set_string(scene->claims, "nonce", NONCE "x");
    expect_refused(scene, "another sign-in request");
    json_set_string(scene->claims, "nonce", "");
    expect_refused(scene, "another sign-in request");
    json_set_integer(scene->claims, "nonce", 5);
    expect_refused(scene, "missing 'nonce'");
    json_remove(scene->claims, "nonce");
    expect_refused(scene, "missing 'nonce'");
}

static void after_a_refresh_no_nonce_is_asked_for(void **state)
{
    struct scene *scene = *state;

    scene->expected.nonce = NULL;
    expect_accepted(scene);
    json_remove(scene->claims, "nonce");
    expect_accepted(scene);
}

static void at_hash_counts_when_it_is_there(void **state)
{
    struct scene *scene = *state;
    char hash[44];

    assert_true(jws_half_hash("ES384", "access-1", strlen("access-1"), hash));
    json_set_string(scene->claims, "at_hash", hash);
    expect_accepted(scene);
    assert_true(jws_half_hash("ES256", "access-1", strlen("access-1"), hash)); /* of another algorithm */
    json_set_string(scene->claims, "at_hash", hash);
    expect_refused(scene, "does not match the access token");
    assert_true(jws_half_hash("ES384", "access-2", strlen("access-2"), hash));
    json_set_string(scene->claims, "at_hash", hash);
    expect_refused(scene, "does not match the access token");
    scene->expected.access_token = NULL;
    expect_accepted(scene);
}

static void somebody_must_have_signed_in(void **state)
{
    struct scene *scene = *state;

    json_set_string(scene->claims, "sub", "");
    expect_refused(scene, "missing 'sub'");
    json_remove(scene->claims, "sub");
    expect_refused(scene, "missing 'sub'");
}

static void after_a_refresh_it_must_be_the_same_user(void **state)
{
    struct scene *scene = *state;

    scene->expected.subject = FAKE_SUBJECT;
    expect_accepted(scene);
    json_set_string(scene->claims, "sub", "user2");
    expect_refused(scene, "about another user");
}

static void a_changed_byte_breaks_the_signature(void **state)
{
    struct scene *scene = *state;
    char *token = fake_jwt(scene->world->key, NULL, scene->claims);
    char *last = strrchr(token, '.') + 10;

    *last = *last == 'A' ? 'B' : 'A';
    judge(scene, token, "cannot verify its signature");
}

static void another_key_of_the_same_name_is_not_trusted(void **state)
{
    struct scene *scene = *state;
    struct fake_key *forger = fake_key_new("key1");

    judge(scene, fake_jwt(forger, NULL, scene->claims), "not signed by key key1");
    fake_key_free(&forger);
}

static void an_unsigned_token_is_refused(void **state)
{
    static const char *const algorithms[] = {"none", "None", "NONE", ""};
    struct scene *scene = *state;

    for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++) {
        _cleanup_free_ char *header = memory_format("{\"alg\":\"%s\",\"kid\":\"key1\"}", algorithms[i]);

        judge(scene, fake_jwt_signed_by(header, scene->claims, "", 0), "unsupported alg");
        judge(scene, fake_jwt(scene->world->key, header, scene->claims), "unsupported alg");
    }
    judge(scene, fake_jwt(scene->world->key, "{\"kid\":\"key1\"}", scene->claims), "missing alg");
}

/* The old trick: the public key, which everybody knows, as an HMAC's secret. */
static void hmac_with_the_public_key_is_refused(void **state)
{
    static const char header[] = "{\"alg\":\"HS256\",\"kid\":\"key1\"}";
    struct scene *scene = *state;
    _cleanup_free_ char *keys = fake_key_set(scene->world->key, NULL);
    _cleanup_free_ char *unsigned_token = fake_jwt_signed_by(header, scene->claims, "", 0);
    unsigned char mac[32];
    unsigned int length = sizeof(mac);

    HMAC(EVP_sha256(), keys, (int)strlen(keys), (const unsigned char *)unsigned_token,
         strlen(unsigned_token) - 1, mac, &length);
    judge(scene, fake_jwt_signed_by(header, scene->claims, mac, length), "unsupported alg HS256");
}

static void a_signature_in_der_is_refused(void **state)
{
    struct scene *scene = *state;

    judge(scene, fake_jwt_der(scene->world->key, "{\"alg\":\"ES384\",\"kid\":\"key1\"}", scene->claims),
          "cannot verify its signature");
}

static void an_algorithm_that_does_not_fit_the_key_is_refused(void **state)
{
    static const char *const algorithms[] = {"ES256", "ES512", "RS256", "PS256"};
    struct scene *scene = *state;

    for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++) {
        _cleanup_free_ char *header = memory_format("{\"alg\":\"%s\",\"kid\":\"key1\"}", algorithms[i]);
        _cleanup_free_ char *keys = fake_key_set(scene->world->key, NULL);

        cache_remove(FAKE_ISSUER, "jwks");
        fake_expect(&scene->world->http, FAKE_KEYS, 200, keys); /* fetched just now: not asked for again */
        judge(scene, fake_jwt(scene->world->key, header, scene->claims), "cannot verify its signature");
    }
    assert_all_asked(&scene->world->http);
}

static void extensions_we_do_not_know_are_refused(void **state)
{
    struct scene *scene = *state;

    judge(
        scene,
        fake_jwt(scene->world->key, "{\"alg\":\"ES384\",\"kid\":\"key1\",\"crit\":[\"exp\"]}", scene->claims),
        "crit");
}

static void a_token_without_kid_is_tried_with_the_keys_that_fit(void **state)
{
    struct scene *scene = *state;

    judge(scene, fake_jwt(scene->world->key, "{\"alg\":\"ES384\"}", scene->claims), NULL);
}

static void an_unknown_key_is_asked_for_once(void **state)
{
    struct scene *scene = *state;
    struct fake_key *newer = fake_key_new("key2");
    _cleanup_free_ char *keys = fake_key_set(newer, NULL);

    fake_expect(&scene->world->http, FAKE_KEYS, 200, keys);
    judge(scene, fake_jwt(newer, NULL, scene->claims), NULL);
    judge(scene, fake_jwt(newer, NULL, scene->claims), NULL); /* known from now on */
    assert_all_asked(&scene->world->http);
    fake_key_free(&newer);
}

static void a_key_that_stays_unknown_is_refused_after_one_request(void **state)
{
    struct scene *scene = *state;
    struct fake_key *stranger = fake_key_new("stranger");
    _cleanup_free_ char *keys = fake_key_set(scene->world->key, NULL);

    fake_expect(&scene->world->http, FAKE_KEYS, 200, keys);
    judge(scene, fake_jwt(stranger, NULL, scene->claims), "no key stranger");
    assert_all_asked(&scene->world->http);
    fake_key_free(&stranger);
}

static void without_keys_there_is_no_verdict_but_the_networks_error(void **state)
{
    struct scene *scene = *state;
    _cleanup_secret_ struct secret *token = fake_id_token(scene->world, scene->claims);
    struct jwt jwt = JWT_EMPTY;
    struct error err;

    cache_remove(FAKE_ISSUER, "jwks");
    fake_expect_failure(&scene->world->http, FAKE_KEYS, ERROR_NETWORK, false);
    assert_false(id_token_verify(&scene->world->oidc, &scene->provider, token, &scene->expected, &jwt, &err));
    assert_error(&err, ERROR_NETWORK, "reading the key set");
}

static void garbage_is_refused(void **state)
{
    static const char *const texts[] = {"",          ".",     "..", "a.b.c", "eyJhbGciOiJFUzM4NCJ9",
                                        "a.b.c.d.e", "opaque"};
    struct scene *scene = *state;

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        judge(scene, memory_duplicate(texts[i]), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scene, release_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_good_token_is_accepted_without_any_request),
        TEST(another_or_no_issuer_is_refused),
        TEST(the_audience_must_hold_us),
        TEST(with_several_audiences_azp_must_be_us),
        TEST(azp_of_another_is_refused_for_one_audience_too),
        TEST(expiry_is_judged_with_five_minutes_tolerance),
        TEST(a_clock_that_is_wrong_is_named),
        TEST(a_token_from_the_future_is_refused_beyond_the_tolerance),
        TEST(times_must_be_there_and_be_numbers),
        TEST(the_nonce_must_be_ours),
        TEST(after_a_refresh_no_nonce_is_asked_for),
        TEST(at_hash_counts_when_it_is_there),
        TEST(somebody_must_have_signed_in),
        TEST(after_a_refresh_it_must_be_the_same_user),
        TEST(a_changed_byte_breaks_the_signature),
        TEST(another_key_of_the_same_name_is_not_trusted),
        TEST(an_unsigned_token_is_refused),
        TEST(hmac_with_the_public_key_is_refused),
        TEST(a_signature_in_der_is_refused),
        TEST(an_algorithm_that_does_not_fit_the_key_is_refused),
        TEST(extensions_we_do_not_know_are_refused),
        TEST(a_token_without_kid_is_tried_with_the_keys_that_fit),
        TEST(an_unknown_key_is_asked_for_once),
        TEST(a_key_that_stays_unknown_is_refused_after_one_request),
        TEST(without_keys_there_is_no_verdict_but_the_networks_error),
        TEST(garbage_is_refused),
    };

    return cmocka_run_group_tests_name("id_token", tests, NULL, NULL);
}
