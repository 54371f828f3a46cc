#include "fake.h"

#include "base/file.h"
#include "oidc/cache.h"
#include "session/inspector.h"

#define OPAQUE "abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE"

struct scene {
    struct fake_world *world;
    struct inspector_options options;
    struct inspector inspector;
    struct json *claims;
    struct verdict verdict;
    struct error err;
};

static int make_scene(void **state)
{
    struct scene *scene = memory_allocate(1, sizeof(*scene));
    void *world = NULL;

    if (fake_setup(&world) != 0)
        return -1;
    scene->world = world;
    scene->claims = fake_claims(world);
    scene->options = (struct inspector_options){.policy = {.issuer = FAKE_ISSUER, .leeway = 60}};
    fake_fill_cache(world);
    *state = scene;
    return 0;
}

static int release_scene(void **state)
{
    struct scene *scene = *state;
    void *world = scene->world;

    inspector_close(&scene->inspector);
    verdict_release(&scene->verdict);
    json_free(&scene->claims);
    free(scene);
    return fake_teardown(&world);
}

/* A new inspector, as a new process would have. */
static void open_inspector(struct scene *scene)
{
    inspector_close(&scene->inspector);
    inspector_open(&scene->inspector, &scene->world->interfaces, &scene->world->profile, &scene->options);
}

static bool judge_bytes(struct scene *scene, const char *token, size_t length)
{
    verdict_release(&scene->verdict);
    scene->verdict = (struct verdict){.state = VERDICT_SETTLED};
    scene->err = (struct error){.message = ""};
    inspector_judge(&scene->inspector, token, length, &scene->verdict);
    return inspector_settle(&scene->inspector, token, length, &scene->verdict, &scene->err);
}

static void expect_bytes(struct scene *scene, const char *token, size_t length, enum inspection_reason reason)
{
    if (!judge_bytes(scene, token, length))
        fail_msg("%s", scene->err.message);
    assert_int_equal(scene->verdict.state, VERDICT_SETTLED);
    if (scene->verdict.inspection.reason != reason)
        fail_msg("the reason for %s is %d, not %d", token, (int)scene->verdict.inspection.reason,
                 (int)reason);
    assert_all_asked(&scene->world->http);
}

/* Takes `token` over. */
static void expect(struct scene *scene, char *token, enum inspection_reason reason)
{
    expect_bytes(scene, token, strlen(token), reason);
    free(token);
}

static const char *detail_of(const struct scene *scene, const char *name)
{
    for (size_t i = 0; i < scene->verdict.inspection.count; i++)
        if (strcmp(scene->verdict.inspection.checks[i].name, name) == 0)
            return scene->verdict.inspection.checks[i].detail;
    return "";
}

static enum inspection_result result_of(const struct scene *scene, const char *name)
{
    for (size_t i = 0; i < scene->verdict.inspection.count; i++)
        if (strcmp(scene->verdict.inspection.checks[i].name, name) == 0)
            return scene->verdict.inspection.checks[i].result;
    return INSPECTION_FAIL;
}

static char *good_token(const struct scene *scene)
{
    return fake_jwt(scene->world->key, NULL, scene->claims);
}

static void a_good_token_is_valid_by_cached_keys(void **state)
{
    struct scene *scene = *state;

    open_inspector(scene);
    expect(scene, good_token(scene), INSPECTION_VALID);
    assert_string_equal(json_string(scene->verdict.claims, "sub"), FAKE_SUBJECT);
    assert_string_equal(json_string(scene->verdict.header, "alg"), "ES384");
    assert_int_equal(scene->world->http.request_count, 0);
}

static void keys_are_fetched_when_none_are_at_hand(void **state)
{
    struct scene *scene = *state;
    _cleanup_free_ char *document = fake_discovery_document(), *keys = fake_key_set(scene->world->key, NULL);

    cache_remove(FAKE_ISSUER, "discovery");
    cache_remove(FAKE_ISSUER, "jwks");
    open_inspector(scene);
    fake_expect(&scene->world->http, FAKE_DISCOVERY, 200, document);
    fake_expect(&scene->world->http, FAKE_KEYS, 200, keys);
    expect(scene, good_token(scene), INSPECTION_VALID);
    expect(scene, good_token(scene), INSPECTION_VALID); /* once for many tokens */
}

static void the_claims_decide_when_the_signature_is_good(void **state)
{
    struct scene *scene = *state;

    open_inspector(scene);
    json_set_integer(scene->claims, "exp", FAKE_NOW - 60);
    expect(scene, good_token(scene), INSPECTION_EXPIRED);
    json_set_string(scene->claims, "iss", "https://evil.example");
    json_set_integer(scene->claims, "exp", FAKE_NOW + 60);
    expect(scene, good_token(scene), INSPECTION_WRONG_ISSUER);
}

static void a_bad_signature_goes_before_what_the_claims_say(void **state)
{
    struct scene *scene = *state;
    struct fake_key *forger = fake_key_new("key1");

    open_inspector(scene);
    json_set_integer(scene->claims, "exp", FAKE_NOW - 1000);
    expect(scene, fake_jwt(forger, NULL, scene->claims), INSPECTION_BAD_SIGNATURE);
    expect(scene, fake_jwt_der(scene->world->key, "{\"alg\":\"ES384\",\"kid\":\"key1\"}", scene->claims),
           INSPECTION_BAD_SIGNATURE);
    assert_non_null(scene->verdict.claims); /* shown all the same, but not judged */
    assert_int_equal(result_of(scene, "exp"), INSPECTION_SKIPPED);
    assert_int_equal(result_of(scene, "issuer"), INSPECTION_SKIPPED);
    fake_key_free(&forger);
}

static void unsupported_algorithms_need_no_keys(void **state)
{
    static const char *const headers[] = {"{\"alg\":\"none\"}",
                                          "{\"alg\":\"HS256\",\"kid\":\"key1\"}",
                                          "{\"alg\":\"RS512\"}",
                                          "{\"alg\":\"EdDSA\"}",
                                          "{\"kid\":\"key1\"}",
                                          "{\"alg\":5}",
                                          "{\"alg\":\"ES384\",\"crit\":[\"x\"]}"};
    struct scene *scene = *state;

    cache_remove(FAKE_ISSUER, "discovery");
    cache_remove(FAKE_ISSUER, "jwks");
    for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
        open_inspector(scene);
        expect(scene, fake_jwt(scene->world->key, headers[i], scene->claims), INSPECTION_UNSUPPORTED_ALG);
    }
}

static void an_unknown_key_is_asked_for_once_a_minute(void **state)
{
    struct scene *scene = *state;
    struct fake_key *stranger = fake_key_new("stranger");
    _cleanup_free_ char *old_keys = fake_key_set(scene->world->key, NULL),
                        *new_keys = fake_key_set(scene->world->key, stranger);

    open_inspector(scene);
    fake_expect(&scene->world->http, FAKE_KEYS, 200, old_keys);
    expect(scene, fake_jwt(stranger, NULL, scene->claims), INSPECTION_UNKNOWN_KEY);
    expect(scene, fake_jwt(stranger, NULL, scene->claims), INSPECTION_UNKNOWN_KEY);
    open_inspector(scene);
    expect(scene, fake_jwt(stranger, NULL, scene->claims), INSPECTION_UNKNOWN_KEY);
    scene->world->system.now += 60;
    fake_expect(&scene->world->http, FAKE_KEYS, 200, new_keys);
    expect(scene, fake_jwt(stranger, NULL, scene->claims), INSPECTION_VALID);
    fake_key_free(&stranger);
}

static void keys_that_cannot_be_had_are_no_verdict(void **state)
{
    struct scene *scene = *state;
    _cleanup_free_ char *token = good_token(scene);

    cache_remove(FAKE_ISSUER, "jwks");
    open_inspector(scene);
    fake_expect_failure(&scene->world->http, FAKE_KEYS, ERROR_NETWORK, false);
    assert_false(judge_bytes(scene, token, strlen(token)));
    assert_error(&scene->err, ERROR_NETWORK, "reading the key set");
}

/* A batch of thousands doesn't wait for an issuer that is down a thousand times. */
static void an_issuer_that_is_down_is_left_alone_for_a_while(void **state)
{
    struct scene *scene = *state;
    _cleanup_free_ char *token = good_token(scene), *keys = fake_key_set(scene->world->key, NULL);

    cache_remove(FAKE_ISSUER, "jwks");
    open_inspector(scene);
    fake_expect_failure(&scene->world->http, FAKE_KEYS, ERROR_NETWORK, false);
    for (int i = 0; i < 3; i++) {
        assert_false(judge_bytes(scene, token, strlen(token)));
        assert_error(&scene->err, ERROR_NETWORK, "reading the key set");
    }
    scene->world->system.clock += 5000;
    fake_expect(&scene->world->http, FAKE_KEYS, 200, keys);
    expect_bytes(scene, token, strlen(token), INSPECTION_VALID);
}

static void an_unknown_key_that_cannot_be_asked_for_is_no_verdict_for_a_while(void **state)
{
    struct scene *scene = *state;
    struct fake_key *stranger = fake_key_new("stranger");
    _cleanup_free_ char *token = fake_jwt(stranger, NULL, scene->claims);

    open_inspector(scene);
    fake_expect_failure(&scene->world->http, FAKE_KEYS, ERROR_NETWORK, false);
    for (int i = 0; i < 3; i++) {
        assert_false(judge_bytes(scene, token, strlen(token)));
        assert_int_equal(scene->err.code, ERROR_NETWORK);
    }
    expect(scene, good_token(scene), INSPECTION_VALID); /* which needs nobody */
    fake_key_free(&stranger);
}

static void offline_uses_what_is_at_hand_however_old(void **state)
{
    struct scene *scene = *state;
    struct fake_key *stranger = fake_key_new("stranger");
    _cleanup_free_ char *token = good_token(scene);

    scene->options.offline = true;
    scene->world->system.now += INT64_C(2) * 365 * 86400;
    json_set_integer(scene->claims, "exp", scene->world->system.now + 100);
    open_inspector(scene);
    expect(scene, good_token(scene), INSPECTION_VALID);
    expect(scene, fake_jwt(stranger, NULL, scene->claims), INSPECTION_UNKNOWN_KEY);
    expect(scene, memory_duplicate(OPAQUE), INSPECTION_OPAQUE);
    cache_remove(FAKE_ISSUER, "jwks");
    open_inspector(scene);
    assert_false(judge_bytes(scene, token, strlen(token)));
    assert_error(&scene->err, ERROR_NETWORK, "--offline");
    fake_key_free(&stranger);
}

static void garbage_is_malformed(void **state)
{
    static const char *const texts[] = {"",         "x",
                                        "..",       "a.b.c",
                                        "....",     "eyJhbGciOiJFUzM4NCJ9..",
                                        "\xff\xfe", "a b c d e f g h i j k l m n o p",
                                        "a.b.c.d.e"};
    struct scene *scene = *state;

    open_inspector(scene);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        expect_bytes(scene, texts[i], strlen(texts[i]), INSPECTION_MALFORMED);
    expect_bytes(scene, OPAQUE "\0" OPAQUE, 2 * strlen(OPAQUE) + 1, INSPECTION_MALFORMED);
}

static void decoding_only_judges_nothing(void **state)
{
    struct scene *scene = *state;

    scene->options.decode_only = true;
    open_inspector(scene);
    json_set_integer(scene->claims, "exp", 5);
    expect(scene, fake_jwt_signed_by("{\"alg\":\"none\"}", scene->claims, "", 0), INSPECTION_VALID);
    assert_int_equal(scene->verdict.inspection.count, 2);
    assert_non_null(strstr(detail_of(scene, "signature"), "--no-verify"));
    assert_non_null(scene->verdict.claims);
    expect(scene, memory_duplicate(OPAQUE), INSPECTION_OPAQUE);
    expect(scene, memory_duplicate("a.b.c"), INSPECTION_MALFORMED);
}

static void keys_from_a_file_are_the_only_ones(void **state)
{
    struct scene *scene = *state;
    struct fake_key *stranger = fake_key_new("stranger");
    _cleanup_free_ char *path = memory_format("%s/keys.json", scene->world->folder);
    _cleanup_free_ char *keys = fake_key_set(stranger, NULL);

    assert_true(file_write(path, FILE_OWN, keys, strlen(keys), &scene->err));
    scene->options.jwks_file = path;
    scene->options.policy.issuer = NULL;
    open_inspector(scene);
    expect(scene, fake_jwt(stranger, NULL, scene->claims), INSPECTION_VALID);
    expect(scene, good_token(scene), INSPECTION_UNKNOWN_KEY);
    expect(scene, memory_duplicate(OPAQUE), INSPECTION_OPAQUE);
    assert_int_equal(scene->world->http.request_count, 0);
    fake_key_free(&stranger);
}

static void a_file_that_holds_no_keys_is_named(void **state)
{
    struct scene *scene = *state;
    _cleanup_free_ char *path = memory_format("%s/keys.json", scene->world->folder);

    scene->options.jwks_file = path;
    open_inspector(scene);
    assert_false(inspector_load_keys(&scene->inspector, &scene->err));
    assert_error(&scene->err, ERROR_IO, path);
    assert_true(file_write(path, FILE_OWN, "{\"keys\":", 8, &scene->err));
    assert_false(inspector_load_keys(&scene->inspector, &scene->err));
    assert_error(&scene->err, ERROR_CONFIG, "invalid key set");
    assert_true(file_write(path, FILE_OWN, "[]", 2, &scene->err));
    assert_false(inspector_load_keys(&scene->inspector, &scene->err));
    assert_error(&scene->err, ERROR_CONFIG, "invalid key set");
}

/* Opaque tokens. */

static void an_opaque_token_is_asked_about(void **state)
{
    struct scene *scene = *state;
    _cleanup_free_ char *body = memory_format("{\"active\":true,\"iss\":\"" FAKE_ISSUER
                                              "\",\"exp\":%lld,\"scope\":\"a b\"}",
                                              (long long)FAKE_NOW + 100);

    scene->options.policy.type = "access";
    open_inspector(scene);
    fake_expect(&scene->world->http, FAKE_INTROSPECTION, 200, body);
    expect(scene, memory_duplicate(OPAQUE), INSPECTION_VALID);
    assert_form(&scene->world->http, 0, "token", OPAQUE);
    assert_form(&scene->world->http, 0, "client_id", FAKE_APP);
    assert_null(scene->verdict.header);
    assert_string_equal(json_string(scene->verdict.claims, "scope"), "a b");
}

static void an_inactive_one_is_refused_as_such(void **state)
{
    struct scene *scene = *state;

    open_inspector(scene);
    fake_expect(&scene->world->http, FAKE_INTROSPECTION, 200, "{\"active\":false}");
    expect(scene, memory_duplicate(OPAQUE), INSPECTION_INACTIVE);
    assert_non_null(strstr(detail_of(scene, "active"), FAKE_ISSUER));
}

static void an_active_one_is_judged_by_its_claims(void **state)
{
    struct scene *scene = *state;
    _cleanup_free_ char *body = memory_format("{\"active\":true,\"iss\":\"" FAKE_ISSUER "\",\"exp\":%lld}",
                                              (long long)FAKE_NOW - 100);

    open_inspector(scene);
    fake_expect(&scene->world->http, FAKE_INTROSPECTION, 200, body);
    expect(scene, memory_duplicate(OPAQUE), INSPECTION_EXPIRED);
}

static void the_sessions_app_asks_with_its_secret(void **state)
{
    struct scene *scene = *state;
    _cleanup_session_ struct session session = SESSION_EMPTY;

    fake_sign_in(scene->world, 100, &session);
    session.app_secret = secret_from_text("s3cret");
    assert_true(session_save(&scene->world->interfaces, &scene->world->profile, &session, &scene->err));
    open_inspector(scene);
    fake_expect(&scene->world->http, FAKE_INTROSPECTION, 200, "{\"active\":false}");
    expect(scene, memory_duplicate(OPAQUE), INSPECTION_INACTIVE);
    assert_string_equal(scene->world->http.requests[0].basic, FAKE_APP ":s3cret");
}

static void an_app_from_the_environment_touches_no_store(void **state)
{
    struct scene *scene = *state;

    setenv("LOGTO_APP_ID", FAKE_APP, 1);
    open_inspector(scene);
    fake_expect(&scene->world->http, FAKE_INTROSPECTION, 200, "{\"active\":false}");
    expect(scene, memory_duplicate(OPAQUE), INSPECTION_INACTIVE);
    assert_null(scene->world->http.requests[0].basic);
    setenv("LOGTO_APP_SECRET", "from-env", 1);
    open_inspector(scene);
    fake_expect(&scene->world->http, FAKE_INTROSPECTION, 200, "{\"active\":false}");
    expect(scene, memory_duplicate(OPAQUE), INSPECTION_INACTIVE);
    assert_string_equal(scene->world->http.requests[1].basic, FAKE_APP ":from-env");
    assert_null(strstr(scene->world->journal.text, "load"));
}

static void an_empty_variable_counts_as_missing(void **state)
{
    struct scene *scene = *state;
    _cleanup_session_ struct session session = SESSION_EMPTY;

    setenv("LOGTO_APP_ID", "", 1);
    setenv("LOGTO_APP_SECRET", "", 1);
    fake_sign_in(scene->world, 100, &session);
    session.app_secret = secret_from_text("s3cret");
    assert_true(session_save(&scene->world->interfaces, &scene->world->profile, &session, &scene->err));
    open_inspector(scene);
    fake_expect(&scene->world->http, FAKE_INTROSPECTION, 200, "{\"active\":false}");
    expect(scene, memory_duplicate(OPAQUE), INSPECTION_INACTIVE);
    assert_non_null(scene->world->http.requests[0].basic);
    assert_string_equal(scene->world->http.requests[0].basic, FAKE_APP ":s3cret");
}

static void our_app_does_not_ask_another_issuer(void **state)
{
    struct scene *scene = *state;

    scene->options.policy.issuer = "https://other.example";
    open_inspector(scene);
    expect(scene, memory_duplicate(OPAQUE), INSPECTION_OPAQUE);
    assert_non_null(strstr(detail_of(scene, "format"), "LOGTO_APP_ID"));
    setenv("LOGTO_APP_ID", FAKE_APP, 1); /* nor one that the environment names for our own */
    setenv("LOGTO_APP_SECRET", "from-env", 1);
    open_inspector(scene);
    expect(scene, memory_duplicate(OPAQUE), INSPECTION_OPAQUE);
    scene->options.policy.issuer = FAKE_ISSUER;
    profile_set_text(&scene->world->profile.app_id, NULL);
    open_inspector(scene);
    expect(scene, memory_duplicate(OPAQUE), INSPECTION_OPAQUE);
}

static void an_endpoint_that_cannot_be_asked_is_no_verdict(void **state)
{
    struct scene *scene = *state;

    open_inspector(scene);
    fake_expect(&scene->world->http, FAKE_INTROSPECTION, 401, "{\"error\":\"invalid_client\"}");
    assert_false(judge_bytes(scene, OPAQUE, strlen(OPAQUE)));
    assert_error(&scene->err, ERROR_CONFIG, "invalid_client");
    fake_expect_failure(&scene->world->http, FAKE_INTROSPECTION, ERROR_NETWORK, true);
    assert_false(judge_bytes(scene, OPAQUE, strlen(OPAQUE)));
    assert_int_equal(scene->err.code, ERROR_NETWORK);
    fake_expect(&scene->world->http, FAKE_INTROSPECTION, 200, "[]");
    assert_false(judge_bytes(scene, OPAQUE, strlen(OPAQUE)));
    assert_int_equal(scene->err.code, ERROR_PROTOCOL);
}

/* As long as its silence took. */
static void an_endpoint_that_is_silent_is_left_alone_for_a_while(void **state)
{
    struct scene *scene = *state;

    open_inspector(scene);
    fake_expect_failure(&scene->world->http, FAKE_INTROSPECTION, ERROR_NETWORK, true)->takes = 30000;
    for (int i = 0; i < 3; i++) {
        assert_false(judge_bytes(scene, OPAQUE, strlen(OPAQUE)));
        assert_int_equal(scene->err.code, ERROR_NETWORK);
        scene->world->system.clock += 10000;
    }
    fake_expect(&scene->world->http, FAKE_INTROSPECTION, 200, "{\"active\":false}");
    expect(scene, memory_duplicate(OPAQUE), INSPECTION_INACTIVE);
}

static void what_is_too_short_or_long_for_a_token_is_malformed(void **state)
{
    struct scene *scene = *state;
    char text[4098];

    open_inspector(scene);
    memset(text, 'a', sizeof(text));
    expect_bytes(scene, text, 19, INSPECTION_MALFORMED);
    expect_bytes(scene, text, 4097, INSPECTION_MALFORMED);
    fake_expect(&scene->world->http, FAKE_INTROSPECTION, 200, "{\"active\":false}");
    expect_bytes(scene, text, 20, INSPECTION_INACTIVE);
    fake_expect(&scene->world->http, FAKE_INTROSPECTION, 200, "{\"active\":false}");
    expect_bytes(scene, text, 4096, INSPECTION_INACTIVE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scene, release_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_good_token_is_valid_by_cached_keys),
        TEST(keys_are_fetched_when_none_are_at_hand),
        TEST(the_claims_decide_when_the_signature_is_good),
        TEST(a_bad_signature_goes_before_what_the_claims_say),
        TEST(unsupported_algorithms_need_no_keys),
        TEST(an_unknown_key_is_asked_for_once_a_minute),
        TEST(keys_that_cannot_be_had_are_no_verdict),
        TEST(an_issuer_that_is_down_is_left_alone_for_a_while),
        TEST(an_unknown_key_that_cannot_be_asked_for_is_no_verdict_for_a_while),
        TEST(offline_uses_what_is_at_hand_however_old),
        TEST(garbage_is_malformed),
        TEST(decoding_only_judges_nothing),
        TEST(keys_from_a_file_are_the_only_ones),
        TEST(a_file_that_holds_no_keys_is_named),
        TEST(an_opaque_token_is_asked_about),
        TEST(an_inactive_one_is_refused_as_such),
        TEST(an_active_one_is_judged_by_its_claims),
        TEST(the_sessions_app_asks_with_its_secret),
        TEST(an_app_from_the_environment_touches_no_store),
        TEST(an_empty_variable_counts_as_missing),
        TEST(our_app_does_not_ask_another_issuer),
        TEST(an_endpoint_that_cannot_be_asked_is_no_verdict),
        TEST(an_endpoint_that_is_silent_is_left_alone_for_a_while),
        TEST(what_is_too_short_or_long_for_a_token_is_malformed),
    };

    return cmocka_run_group_tests_name("inspector", tests, NULL, NULL);
}
