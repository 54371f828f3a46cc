/* The refresh: lost responses, ID tokens, and storing before anything else can fail. */
#include "access_scene.h"

#include "oidc/cache.h"

/* The ID token that comes along. */

static void a_new_id_token_is_verified_with_the_keys_at_hand_and_stored_in_the_same_write(void **state)
{
    struct scene *scene = *state;
    _cleanup_session_ struct session stored = SESSION_EMPTY;
    _cleanup_json_ struct json *claims = fake_claims(scene->world);
    _cleanup_secret_ struct secret *id_token = NULL;

    json_set_string(claims, "name", "New Name");
    id_token = fake_id_token(scene->world, claims);
    sign_in_for(scene, -1);
    expect_refresh(scene, "access-2", "refresh-2", id_token);
    expect_token(scene, "access-2");
    assert_journal(scene->world, "load, prepare, POST /token, save");
    load_stored(scene, &stored);
    assert_string_equal(json_string(stored.claims, "name"), "New Name");
    assert_string_equal(json_string(scene->session.claims, "name"), "New Name");
}

static void keys_are_only_fetched_once_all_is_stored(void **state)
{
    struct scene *scene = *state;
    _cleanup_session_ struct session stored = SESSION_EMPTY;
    _cleanup_json_ struct json *claims = fake_claims(scene->world);
    _cleanup_secret_ struct secret *id_token = NULL;
    _cleanup_free_ char *keys = fake_key_set(scene->world->key, NULL);

    json_set_string(claims, "name", "New Name");
    id_token = fake_id_token(scene->world, claims);
    sign_in_for(scene, -1);
    cache_remove(FAKE_ISSUER, "jwks");
    expect_refresh(scene, "access-2", "refresh-2", id_token);
    fake_expect(&scene->world->http, FAKE_KEYS, 200, keys);
    expect_token(scene, "access-2");
    assert_journal(scene->world, "load, prepare, POST /token, save, GET /jwks, save");
    load_stored(scene, &stored);
    assert_string_equal(json_string(stored.claims, "name"), "New Name");
}

static void unreachable_keys_cost_the_new_id_token_and_nothing_else(void **state)
{
    struct scene *scene = *state;
    _cleanup_session_ struct session stored = SESSION_EMPTY;
    _cleanup_json_ struct json *claims = fake_claims(scene->world);
    _cleanup_secret_ struct secret *id_token = NULL;

    json_set_string(claims, "name", "New Name");
    id_token = fake_id_token(scene->world, claims);
    sign_in_for(scene, -1);
    cache_remove(FAKE_ISSUER, "jwks");
    expect_refresh(scene, "access-2", "refresh-2", id_token);
    fake_expect_failure(&scene->world->http, FAKE_KEYS, ERROR_NETWORK, false);
    expect_token(scene, "access-2");
    load_stored(scene, &stored);
    assert_string_equal(secret_text(stored.refresh_token), "refresh-2");
    assert_null(json_string(stored.claims, "name"));
}

static void fail_from_now_on(struct fake_answer *answer, void *data)
{
    (void)answer;
    ((struct fake_world *)data)->store.failing_saves = 100;
}

static void a_second_write_that_fails_costs_the_new_id_token_only(void **state)
{
    struct scene *scene = *state;
    struct fake_answer *answer;
    _cleanup_session_ struct session stored = SESSION_EMPTY;
    _cleanup_json_ struct json *claims = fake_claims(scene->world);
    _cleanup_secret_ struct secret *id_token = fake_id_token(scene->world, claims);
    _cleanup_free_ char *keys = fake_key_set(scene->world->key, NULL);

    sign_in_for(scene, -1);
    cache_remove(FAKE_ISSUER, "jwks");
    expect_refresh(scene, "access-2", "refresh-2", id_token);
    answer = fake_expect(&scene->world->http, FAKE_KEYS, 200, keys);
    answer->during = fail_from_now_on;
    answer->data = scene->world;
    expect_token(scene, "access-2");
    load_stored(scene, &stored);
    assert_string_equal(secret_text(stored.refresh_token), "refresh-2");
}

/* Nothing of it was printed, the refresh token is kept, and nothing else until a user is proven. */
static void expect_unproven(struct scene *scene)
{
    _cleanup_session_ struct session stored = SESSION_EMPTY;

    expect_failure(scene, ERROR_PROTOCOL, "cannot verify the user");
    load_stored(scene, &stored);
    assert_true(stored.unproven);
    assert_string_equal(json_string(stored.claims, "sub"), FAKE_SUBJECT);
    assert_null(json_string(stored.claims, "name"));
    assert_string_equal(secret_text(stored.refresh_token), "refresh-2");
    for (size_t i = 0; i < stored.token_count; i++)
        assert_string_not_equal(secret_text(stored.tokens[i].token), "access-2");
}

static void an_id_token_of_another_user_leaves_the_session_unproven(void **state)
{
    struct scene *scene = *state;
    _cleanup_json_ struct json *claims = fake_claims(scene->world);
    _cleanup_secret_ struct secret *other = NULL, *right = fake_id_token(scene->world, claims);

    json_set_string(claims, "sub", "user2");
    other = fake_id_token(scene->world, claims);
    sign_in_for(scene, -1);
    expect_refresh(scene, "access-2", "refresh-2", other);
    expect_unproven(scene);
    expect_refresh(scene, "access-3", "refresh-3", NULL);
    expect_failure(scene, ERROR_PROTOCOL, "no ID token that verifies");
    expect_refresh(scene, "access-4", "refresh-4", right);
    expect_token(scene, "access-4");
    assert_false(scene->session.unproven);
}

/* The refresh for an API brings no ID token, so another one has to prove the user first. */
static void an_unproven_session_is_proven_before_a_resource_is_asked_for(void **state)
{
    struct scene *scene = *state;
    _cleanup_json_ struct json *claims = fake_claims(scene->world);
    _cleanup_secret_ struct secret *right = fake_id_token(scene->world, claims);

    sign_in_for(scene, -1);
    scene->session.unproven = true;
    assert_true(session_save(&scene->world->interfaces, &scene->world->profile, &scene->session, NULL));
    scene->request.resource = FAKE_API;
    expect_refresh(scene, "access-2", "refresh-2", right);
    expect_refresh(scene, "access-3", "refresh-3", NULL);
    expect_token(scene, "access-3");
    assert_form(&scene->world->http, 0, "resource", NULL);
    assert_form(&scene->world->http, 1, "resource", FAKE_API);
}

/* An unproven session prints nothing, not even an access token that is still valid. */
static void a_valid_token_of_an_unproven_session_is_not_used(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, 3600);
    scene->session.unproven = true;
    assert_true(session_save(&scene->world->interfaces, &scene->world->profile, &scene->session, NULL));
    fake_expect_failure(&scene->world->http, FAKE_TOKEN, ERROR_NETWORK, false);
    expect_failure(scene, ERROR_NETWORK, "refreshing the session");
}

/* A token whose signature is wrong, judged by the cached keys and by fetched ones. */
static void expect_forgery_refused(struct scene *scene, bool keys_are_cached)
{
    struct fake_key *forger = fake_key_new("key1");
    _cleanup_json_ struct json *claims = fake_claims(scene->world);
    _cleanup_free_ char *keys = fake_key_set(scene->world->key, NULL);
    _cleanup_free_ char *text = NULL;
    _cleanup_secret_ struct secret *id_token = NULL;

    json_set_string(claims, "name", "Mallory");
    text = fake_jwt(forger, NULL, claims);
    id_token = secret_from_text(text);
    sign_in_for(scene, -1);
    expect_refresh(scene, "access-2", "refresh-2", id_token);
    if (!keys_are_cached) {
        cache_remove(FAKE_ISSUER, "jwks");
        fake_expect(&scene->world->http, FAKE_KEYS, 200, keys);
    }
    expect_unproven(scene);
    fake_key_free(&forger);
}

static void a_forged_id_token_leaves_the_session_unproven(void **state)
{
    expect_forgery_refused(*state, true);
}

static void so_does_one_whose_keys_had_to_be_fetched(void **state)
{
    expect_forgery_refused(*state, false);
}

static void a_fresh_id_token_is_had_by_refreshing(void **state)
{
    struct scene *scene = *state;
    const struct interfaces *interfaces = &scene->world->interfaces;
    const struct profile *profile = &scene->world->profile;
    _cleanup_json_ struct json *claims = NULL;
    _cleanup_secret_ struct secret *id_token = NULL;

    sign_in_for(scene, 3600);
    assert_true(session_fresh_id_token(interfaces, profile, &scene->session, 60, false, &scene->err));
    assert_journal(scene->world, "");
    scene->world->system.now += 3541; /* 59 seconds left */
    claims = fake_claims(scene->world);
    id_token = fake_id_token(scene->world, claims);
    expect_refresh(scene, "access-2", "refresh-2", id_token);
    assert_true(session_fresh_id_token(interfaces, profile, &scene->session, 60, false, &scene->err));
    assert_true(secret_equal(scene->session.id_token, id_token));
    assert_all_asked(&scene->world->http);
}

static void a_refresh_that_brings_no_fresh_id_token_says_so(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, 3600);
    scene->world->system.now += 4000;
    expect_refresh(scene, "access-2", "refresh-2", NULL);
    assert_false(session_fresh_id_token(&scene->world->interfaces, &scene->world->profile, &scene->session,
                                        60, false, &scene->err));
    assert_error(&scene->err, ERROR_PROTOCOL, "no valid new ID token");
    assert_stored_refresh_token(scene, "refresh-2");
}

/* Answers that get lost. */

static void a_lost_answer_is_asked_for_once_more_within_the_leeway(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    fake_expect_failure(&scene->world->http, FAKE_TOKEN, ERROR_NETWORK, true)->takes = 1500;
    expect_refresh(scene, "access-2", "refresh-3", NULL);
    expect_token(scene, "access-2");
    assert_journal(scene->world, "load, prepare, POST /token, POST /token, save");
    assert_form(&scene->world->http, 1, "refresh_token", "refresh-1"); /* the same one, on purpose */
    assert_stored_refresh_token(scene, "refresh-3");
}

static void it_is_asked_for_once_more_and_no_more(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    fake_expect_failure(&scene->world->http, FAKE_TOKEN, ERROR_NETWORK, true);
    fake_expect_failure(&scene->world->http, FAKE_TOKEN, ERROR_NETWORK, true);
    expect_failure(scene, ERROR_NETWORK, "refreshing the session");
    assert_stored(scene->world, scene->before);
}

/* Later than three seconds after the first use a second one revokes everything. */
static void after_the_leeway_a_lost_answer_stays_lost(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    fake_expect_failure(&scene->world->http, FAKE_TOKEN, ERROR_NETWORK, true)->takes = 2900;
    expect_failure(scene, ERROR_NETWORK, "refreshing the session");
    assert_stored(scene->world, scene->before);
}

static void a_request_that_was_not_delivered_is_not_repeated(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    fake_expect_failure(&scene->world->http, FAKE_TOKEN, ERROR_NETWORK, false);
    expect_failure(scene, ERROR_NETWORK, "refreshing the session");
    assert_stored(scene->world, scene->before);
    assert_journal(scene->world, "load, prepare, POST /token");
}

static void other_failures_are_not_repeated_and_keep_the_session(void **state)
{
    static const enum error_code codes[] = {ERROR_TLS, ERROR_PROTOCOL, ERROR_CONFIG};
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        fake_forget_journal(scene->world);
        fake_expect_failure(&scene->world->http, FAKE_TOKEN, codes[i], false);
        expect_failure(scene, codes[i], "refreshing the session");
        assert_journal(scene->world, "load, prepare, POST /token");
        assert_stored(scene->world, scene->before);
    }
}

static void a_server_in_trouble_keeps_the_session(void **state)
{
    static const struct {
        int status;
        enum error_code code;
    } cases[] = {{500, ERROR_NETWORK},      {502, ERROR_NETWORK},  {503, ERROR_NETWORK},
                 {429, ERROR_RATE_LIMITED}, {302, ERROR_PROTOCOL}, {404, ERROR_PROTOCOL}};
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        fake_forget_journal(scene->world);
        fake_expect(&scene->world->http, FAKE_TOKEN, cases[i].status, "{}")->retry_after = 7;
        expect_failure(scene, cases[i].code, "refreshing the session");
        if (cases[i].code != ERROR_PROTOCOL)
            assert_string_equal(scene->err.hint, "try again in 7 seconds");
        assert_journal(scene->world, "load, prepare, POST /token");
        assert_stored(scene->world, scene->before);
    }
}

static void invalid_grant_in_a_servers_own_trouble_ends_nothing(void **state)
{
    static const int statuses[] = {429, 500, 503};
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
        expect_oauth_error(scene, statuses[i], "invalid_grant");
        assert_false(ask(scene));
        if (scene->err.code == ERROR_SESSION_ENDED)
            fail_msg("HTTP %d ended the session", statuses[i]);
        assert_stored(scene->world, scene->before);
    }
}

static void a_refused_response_keeps_the_session(void **state)
{
    static const char *const bodies[] = {"{}", "{\"access_token\":\"x\"}"};
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
        fake_expect(&scene->world->http, FAKE_TOKEN, 200, bodies[i]);
        expect_failure(scene, ERROR_PROTOCOL, "refreshing the session");
        assert_stored(scene->world, scene->before);
    }
}

/* Cut anywhere, a 200 counts as lost: the server has rotated, and answers once more within the leeway. */
static void a_response_that_was_cut_is_asked_for_once_more(void **state)
{
    static const char whole[] = "{\"access_token\":\"x\",\"refresh_token\":\"y\",\"token_type\":\"Bearer\"}";
    struct scene *scene = *state;

    for (size_t length = 0; length < strlen(whole); length++) {
        _cleanup_free_ char *cut = memory_format("%.*s", (int)length, whole);

        fake_http_release(&scene->world->http);
        session_release(&scene->session);
        secret_free(&scene->before);
        sign_in_for(scene, -1);
        fake_expect(&scene->world->http, FAKE_TOKEN, 200, cut);
        expect_refresh(scene, "access-2", "refresh-2", NULL);
        expect_token(scene, "access-2");
        assert_stored_refresh_token(scene, "refresh-2");
    }
}

static void the_refresh_token_of_a_refused_response_is_stored(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    expect_refresh(scene, "a\nLD_PRELOAD=x", "refresh-2", NULL);
    expect_failure(scene, ERROR_PROTOCOL, "malformed access_token");
    assert_stored_refresh_token(scene, "refresh-2");
    expect_refresh(scene, "access-3", "", NULL);
    expect_token(scene, "access-3");
    assert_stored_refresh_token(scene, "refresh-2");
}

static void without_discovery_no_refresh_token_is_spent(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    cache_remove(FAKE_ISSUER, "discovery");
    fake_expect_failure(&scene->world->http, FAKE_DISCOVERY, ERROR_NETWORK, false);
    expect_failure(scene, ERROR_NETWORK, "reading the discovery document");
    assert_stored(scene->world, scene->before);
}

/* A store that would refuse the write later refuses it before the refresh token is spent. */
static void an_unprepared_store_spends_no_refresh_token(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    scene->world->store.failing_prepares = 1;
    expect_failure(scene, ERROR_STORE_LOCKED, "cannot be refreshed");
    assert_stored(scene->world, scene->before);
}

/* Storing. */

static void storing_is_tried_twice(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    scene->world->store.failing_saves = 1;
    expect_refresh(scene, "access-2", "refresh-2", NULL);
    expect_token(scene, "access-2");
    assert_journal(scene->world, "load, prepare, POST /token, save, save");
    assert_stored_refresh_token(scene, "refresh-2");
}

static void a_session_that_cannot_be_stored_is_a_failure_that_says_so(void **state)
{
    static const enum error_code codes[] = {ERROR_STORE_LOCKED, ERROR_STORE_UNAVAILABLE};
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        session_release(&scene->session);
        assert_true(
            session_load(&scene->world->interfaces, &scene->world->profile, &scene->session, &scene->err));
        fake_forget_journal(scene->world);
        scene->world->store.failing_saves = 2;
        scene->world->store.failure = codes[i];
        expect_refresh(scene, "access-2", "refresh-2", NULL);
        expect_failure(scene, codes[i], "cannot store the refreshed session: the fake store failed");
        assert_non_null(strstr(scene->err.hint, "logto login"));
        assert_journal(scene->world, "load, prepare, POST /token, save, save");
        assert_stored(scene->world, scene->before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_id_token_is_verified_with_the_keys_at_hand_and_stored_in_the_same_write),
        TEST(keys_are_only_fetched_once_all_is_stored),
        TEST(unreachable_keys_cost_the_new_id_token_and_nothing_else),
        TEST(a_second_write_that_fails_costs_the_new_id_token_only),
        TEST(an_id_token_of_another_user_leaves_the_session_unproven),
        TEST(an_unproven_session_is_proven_before_a_resource_is_asked_for),
        TEST(a_valid_token_of_an_unproven_session_is_not_used),
        TEST(a_forged_id_token_leaves_the_session_unproven),
        TEST(so_does_one_whose_keys_had_to_be_fetched),
        TEST(a_fresh_id_token_is_had_by_refreshing),
        TEST(a_refresh_that_brings_no_fresh_id_token_says_so),
        TEST(a_lost_answer_is_asked_for_once_more_within_the_leeway),
        TEST(it_is_asked_for_once_more_and_no_more),
        TEST(after_the_leeway_a_lost_answer_stays_lost),
        TEST(a_request_that_was_not_delivered_is_not_repeated),
        TEST(other_failures_are_not_repeated_and_keep_the_session),
        TEST(a_server_in_trouble_keeps_the_session),
        TEST(invalid_grant_in_a_servers_own_trouble_ends_nothing),
        TEST(a_refused_response_keeps_the_session),
        TEST(a_response_that_was_cut_is_asked_for_once_more),
        TEST(the_refresh_token_of_a_refused_response_is_stored),
        TEST(without_discovery_no_refresh_token_is_spent),
        TEST(an_unprepared_store_spends_no_refresh_token),
        TEST(storing_is_tried_twice),
        TEST(a_session_that_cannot_be_stored_is_a_failure_that_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
