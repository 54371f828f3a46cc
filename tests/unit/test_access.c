/* The refresh: what Logto's rotation makes the one hard problem. */
#include "fake.h"

#include "session/session_json.h"

#include "base/file.h"
#include "base/interrupt.h"
#include "oidc/cache.h"
#include "session/access.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* A session, what is asked of it, and what came of it. */
struct scene {
    struct fake_world *world;
    struct session session;
    struct access_request request;
    struct secret *before; /* what the store held at first */
    const struct access_token *token;
    struct error err;
};

static int make_scene(void **state)
{
    struct scene *scene = memory_allocate(1, sizeof(*scene));
    void *world = NULL;

    if (fake_setup(&world) != 0)
        return -1;
    scene->world = world;
    scene->request.min_ttl = 60;
    fake_fill_cache(world);
    *state = scene;
    return 0;
}

static int release_scene(void **state)
{
    struct scene *scene = *state;
    void *world = scene->world;

    session_release(&scene->session);
    secret_free(&scene->before);
    list_release(&scene->request.scopes);
    free(scene);
    return fake_teardown(&world);
}

/* Signs in with an access token that is good for `ttl` seconds. */
static void sign_in_for(struct scene *scene, int64_t ttl)
{
    fake_sign_in(scene->world, ttl, &scene->session);
    scene->before = fake_stored(scene->world);
}

static bool ask(struct scene *scene)
{
    scene->token = NULL;
    scene->err = (struct error){.message = ""};
    return session_access_token(&scene->world->interfaces, &scene->world->profile, &scene->session,
                                &scene->request, &scene->token, &scene->err);
}

static void expect_token(struct scene *scene, const char *text)
{
    if (!ask(scene))
        fail_msg("%s", scene->err.message);
    assert_string_equal(scene->token ? secret_text(scene->token->token) : "", text);
    assert_all_asked(&scene->world->http);
}

static void expect_failure(struct scene *scene, enum error_code code, const char *part)
{
    assert_false(ask(scene));
    assert_error(&scene->err, code, part);
    assert_null(scene->token);
    assert_all_asked(&scene->world->http);
}

/* The token endpoint answers with these, as Logto does when it rotates; NULL leaves a member out. */
static struct fake_answer *expect_refresh(struct scene *scene, const char *access_token,
                                          const char *refresh_token, const struct secret *id_token)
{
    _cleanup_json_ struct json *body = json_object();
    _cleanup_free_ char *text = NULL;

    json_set_string(body, "access_token", access_token);
    json_set_string(body, "token_type", "Bearer");
    json_set_integer(body, "expires_in", 3600);
    json_set_string(body, "scope", "openid profile email read:things");
    if (refresh_token)
        json_set_string(body, "refresh_token", refresh_token);
    if (id_token)
        json_set_string(body, "id_token", secret_text(id_token));
    text = json_print(body, false);
    return fake_expect(&scene->world->http, FAKE_TOKEN, 200, text);
}

static void expect_oauth_error(struct scene *scene, int status, const char *error)
{
    _cleanup_free_ char *body = memory_format("{\"error\":\"%s\",\"error_description\":\"because\"}", error);

    fake_expect(&scene->world->http, FAKE_TOKEN, status, body);
}

/* What the store holds now, read as the next process would. */
static void load_stored(struct scene *scene, struct session *stored)
{
    _cleanup_secret_ struct secret *text = fake_stored(scene->world);
    struct error err = {.message = ""};

    assert_non_null(text);
    if (!session_decode(text, stored, &err))
        fail_msg("%s", err.message);
}

static void assert_stored_refresh_token(struct scene *scene, const char *expected)
{
    _cleanup_session_ struct session stored = SESSION_EMPTY;

    load_stored(scene, &stored);
    assert_string_equal(secret_text(stored.refresh_token), expected);
}

/* Another process stores a session with this refresh token and an access token good for `ttl` seconds. */
static void store_meanwhile(struct fake_world *world, const char *refresh_token, int64_t ttl)
{
    _cleanup_session_ struct session other = SESSION_EMPTY;
    _cleanup_secret_ struct secret *text = fake_stored(world), *changed = NULL;
    struct store_key key = {"default", FAKE_ISSUER, FAKE_APP};
    struct access_token *token;
    struct error err;

    assert_true(session_decode(text, &other, &err));
    secret_free(&other.refresh_token);
    other.refresh_token = secret_from_text(refresh_token);
    token = session_put_token(&other, NULL, NULL, "");
    token->token = secret_from_text("access-of-another-process");
    token->expires_at = world->system.now + ttl;
    changed = session_encode(&other);
    assert_true(world->store.inner->save(world->store.inner, &key, changed, &err));
}

/* When to refresh. */

static void a_fresh_token_needs_no_request_and_no_store(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, 3600);
    expect_token(scene, "access-1");
    assert_journal(scene->world, "");
}

static void an_expired_one_needs_exactly_one_request_stored_at_once(void **state)
{
    struct scene *scene = *state;
    struct fake_http *http = &scene->world->http;

    sign_in_for(scene, -1);
    expect_refresh(scene, "access-2", "refresh-2", NULL);
    expect_token(scene, "access-2");
    assert_journal(scene->world, "load, POST /token, save");
    assert_form(http, 0, "grant_type", "refresh_token");
    assert_form(http, 0, "refresh_token", "refresh-1");
    assert_form(http, 0, "client_id", FAKE_APP);
    assert_form(http, 0, "resource", NULL);
    assert_form(http, 0, "organization_id", NULL);
    assert_form(http, 0, "scope", NULL);
    assert_stored_refresh_token(scene, "refresh-2");
    assert_int_equal(scene->token->expires_at, FAKE_NOW + 3600);
    assert_string_equal(scene->token->scope, "openid profile email read:things");
}

static void min_ttl_decides_to_the_second(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, 60);
    expect_token(scene, "access-1");
    scene->world->system.now++;
    expect_refresh(scene, "access-2", "refresh-2", NULL);
    expect_token(scene, "access-2");
    scene->request.min_ttl = 3600;
    expect_token(scene, "access-2");
    scene->request.min_ttl = 3601; /* longer than any token lives: a new one is the best there is */
    expect_refresh(scene, "access-3", "refresh-3", NULL);
    expect_token(scene, "access-3");
}

static void with_min_ttl_zero_a_token_is_used_to_its_end(void **state)
{
    struct scene *scene = *state;

    scene->request.min_ttl = 0;
    sign_in_for(scene, 1);
    expect_token(scene, "access-1");
    scene->world->system.now += 2;
    expect_refresh(scene, "access-2", "refresh-2", NULL);
    expect_token(scene, "access-2");
}

static void force_refreshes_a_good_one(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, 3600);
    scene->request.force = true;
    expect_refresh(scene, "access-2", "refresh-2", NULL);
    expect_token(scene, "access-2");
    assert_journal(scene->world, "load, POST /token, save");
}

static void a_server_that_does_not_rotate_leaves_the_refresh_token(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    expect_refresh(scene, "access-2", NULL, NULL);
    expect_token(scene, "access-2");
    assert_stored_refresh_token(scene, "refresh-1");
}

static void a_confidential_app_authenticates(void **state)
{
    struct scene *scene = *state;
    struct error err;

    fake_sign_in(scene->world, -1, &scene->session);
    scene->session.app_secret = secret_from_text("s3cret");
    assert_true(session_save(&scene->world->interfaces, &scene->world->profile, &scene->session, &err));
    expect_refresh(scene, "access-2", NULL, NULL);
    expect_token(scene, "access-2");
    assert_string_equal(scene->world->http.requests[0].basic, FAKE_APP ":s3cret");
}

static void without_a_refresh_token_the_end_is_the_end(void **state)
{
    struct scene *scene = *state;
    struct error err;

    fake_sign_in(scene->world, 100, &scene->session);
    secret_free(&scene->session.refresh_token);
    assert_true(session_save(&scene->world->interfaces, &scene->world->profile, &scene->session, &err));
    expect_token(scene, "access-1");
    scene->world->system.now += 100;
    expect_failure(scene, ERROR_SESSION_ENDED, "gave no refresh token");
    assert_string_equal(scene->err.hint, "logto login");
}

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
    assert_journal(scene->world, "load, POST /token, save");
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
    cache_forget(FAKE_ISSUER, "jwks");
    expect_refresh(scene, "access-2", "refresh-2", id_token);
    fake_expect(&scene->world->http, FAKE_KEYS, 200, keys);
    expect_token(scene, "access-2");
    assert_journal(scene->world, "load, POST /token, save, GET /jwks, save");
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
    cache_forget(FAKE_ISSUER, "jwks");
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
    cache_forget(FAKE_ISSUER, "jwks");
    expect_refresh(scene, "access-2", "refresh-2", id_token);
    answer = fake_expect(&scene->world->http, FAKE_KEYS, 200, keys);
    answer->during = fail_from_now_on;
    answer->data = scene->world;
    expect_token(scene, "access-2");
    load_stored(scene, &stored);
    assert_string_equal(secret_text(stored.refresh_token), "refresh-2");
}

static void an_id_token_about_somebody_else_is_not_taken_over(void **state)
{
    struct scene *scene = *state;
    _cleanup_session_ struct session stored = SESSION_EMPTY;
    _cleanup_json_ struct json *claims = fake_claims(scene->world);
    _cleanup_secret_ struct secret *id_token = NULL;

    json_set_string(claims, "sub", "user2");
    id_token = fake_id_token(scene->world, claims);
    sign_in_for(scene, -1);
    expect_refresh(scene, "access-2", "refresh-2", id_token);
    expect_token(scene, "access-2");
    load_stored(scene, &stored);
    assert_string_equal(json_string(stored.claims, "sub"), FAKE_SUBJECT);
    assert_string_equal(json_string(scene->session.claims, "sub"), FAKE_SUBJECT);
    assert_string_equal(secret_text(stored.refresh_token), "refresh-2");
}

static void a_forged_id_token_is_not_taken_over(void **state)
{
    struct scene *scene = *state;
    struct fake_key *forger = fake_key_new("key1");
    _cleanup_session_ struct session stored = SESSION_EMPTY;
    _cleanup_json_ struct json *claims = fake_claims(scene->world);
    _cleanup_free_ char *text = NULL;
    _cleanup_secret_ struct secret *id_token = NULL;

    json_set_string(claims, "name", "Mallory");
    text = fake_jwt(forger, NULL, claims);
    id_token = secret_from_text(text);
    sign_in_for(scene, -1);
    expect_refresh(scene, "access-2", "refresh-2", id_token);
    expect_token(scene, "access-2");
    load_stored(scene, &stored);
    assert_null(json_string(stored.claims, "name"));
    assert_string_equal(secret_text(stored.refresh_token), "refresh-2");
    fake_key_free(&forger);
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
    assert_error(&scene->err, ERROR_PROTOCOL, "no new ID token");
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
    assert_journal(scene->world, "load, POST /token, POST /token, save");
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
    assert_journal(scene->world, "load, POST /token");
}

static void other_failures_are_not_repeated_and_keep_the_session(void **state)
{
    static const enum error_code codes[] = {ERROR_TLS, ERROR_PROTOCOL, ERROR_CONFIG};
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
        fake_forget_journal(scene->world);
        fake_expect_failure(&scene->world->http, FAKE_TOKEN, codes[i], true);
        expect_failure(scene, codes[i], "refreshing the session");
        assert_journal(scene->world, "load, POST /token");
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
        assert_journal(scene->world, "load, POST /token");
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

static void nonsense_instead_of_tokens_keeps_the_session(void **state)
{
    static const char *const bodies[] = {"", "{}", "<html>captive portal</html>", "{\"access_token\":\"x\"}"};
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
        fake_expect(&scene->world->http, FAKE_TOKEN, 200, bodies[i]);
        expect_failure(scene, ERROR_PROTOCOL, "refreshing the session");
        assert_stored(scene->world, scene->before);
    }
}

static void without_discovery_no_refresh_token_is_spent(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    cache_forget(FAKE_ISSUER, "discovery");
    fake_expect_failure(&scene->world->http, FAKE_DISCOVERY, ERROR_NETWORK, false);
    expect_failure(scene, ERROR_NETWORK, "reading the discovery document");
    assert_stored(scene->world, scene->before);
}

/* Refusals. */

static void a_refused_refresh_token_ends_the_session(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    expect_oauth_error(scene, 400, "invalid_grant");
    expect_failure(scene, ERROR_SESSION_ENDED, "no longer accepts this session");
    assert_string_equal(scene->err.hint, "logto login");
    assert_journal(scene->world, "load, POST /token, load, remove");
    assert_stored(scene->world, NULL);
}

static void replace_with_fresh(struct fake_answer *answer, void *data)
{
    (void)answer;
    store_meanwhile(data, "refresh-of-another-process", 3600);
}

static void replace_with_stale(struct fake_answer *answer, void *data)
{
    (void)answer;
    store_meanwhile(data, "refresh-of-another-process", -1);
}

static void a_token_that_another_process_stored_meanwhile_is_picked_up(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    expect_oauth_error(scene, 400, "invalid_grant");
    scene->world->http.answers[0].during = replace_with_fresh;
    scene->world->http.answers[0].data = scene->world;
    expect_token(scene, "access-of-another-process");
    assert_stored_refresh_token(scene, "refresh-of-another-process");
    assert_null(strstr(scene->world->journal.text, "remove"));
}

static void a_refresh_token_that_another_process_stored_is_tried(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    expect_oauth_error(scene, 400, "invalid_grant");
    scene->world->http.answers[0].during = replace_with_stale;
    scene->world->http.answers[0].data = scene->world;
    expect_refresh(scene, "access-3", "refresh-3", NULL);
    expect_token(scene, "access-3");
    assert_form(&scene->world->http, 1, "refresh_token", "refresh-of-another-process");
    assert_stored_refresh_token(scene, "refresh-3");
}

static void replace_again(struct fake_answer *answer, void *data)
{
    (void)answer;
    store_meanwhile(data, "refresh-of-a-third-process", -1);
}

static void it_does_not_chase_replacements_for_ever(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    expect_oauth_error(scene, 400, "invalid_grant");
    expect_oauth_error(scene, 400, "invalid_grant");
    scene->world->http.answers[0].during = replace_with_stale;
    scene->world->http.answers[1].during = replace_again;
    scene->world->http.answers[0].data = scene->world->http.answers[1].data = scene->world;
    expect_failure(scene, ERROR_SESSION_ENDED, "replaced by another process");
    assert_stored_refresh_token(scene, "refresh-of-a-third-process"); /* not ours to remove */
}

static void sign_out_meanwhile(struct fake_answer *answer, void *data)
{
    struct fake_world *world = data;
    struct store_key key = {"default", FAKE_ISSUER, FAKE_APP};
    struct error err;

    (void)answer;
    assert_true(world->store.inner->remove(world->store.inner, &key, &err));
}

static void a_session_that_was_signed_out_meanwhile_is_simply_gone(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    expect_oauth_error(scene, 400, "invalid_grant");
    scene->world->http.answers[0].during = sign_out_meanwhile;
    scene->world->http.answers[0].data = scene->world;
    expect_failure(scene, ERROR_SESSION_ENDED, "no longer accepts");
    assert_null(strstr(scene->world->journal.text, "remove"));
}

static void lock_the_store(struct fake_answer *answer, void *data)
{
    (void)answer;
    ((struct fake_world *)data)->store.failing_loads = 1;
}

static void a_store_that_cannot_be_read_just_then_loses_nothing(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    expect_oauth_error(scene, 400, "invalid_grant");
    scene->world->http.answers[0].during = lock_the_store;
    scene->world->http.answers[0].data = scene->world;
    expect_failure(scene, ERROR_STORE_LOCKED, "the fake store failed");
    assert_stored(scene->world, scene->before);
}

static void what_may_not_be_had_leaves_the_session(void **state)
{
    static const struct {
        int status;
        const char *error;
        enum error_code code;
    } cases[] = {{400, "invalid_scope", ERROR_NOT_GRANTED}, {403, "insufficient_scope", ERROR_NOT_GRANTED},
                 {403, "access_denied", ERROR_NOT_GRANTED}, {400, "invalid_target", ERROR_NOT_GRANTED},
                 {400, "invalid_client", ERROR_CONFIG},     {401, "invalid_client", ERROR_CONFIG},
                 {400, "invalid_request", ERROR_CONFIG},    {400, "unheard_of", ERROR_PROTOCOL}};
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    scene->request.organization_id = "org1";
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        fake_forget_journal(scene->world);
        expect_oauth_error(scene, cases[i].status, cases[i].error);
        expect_failure(scene, cases[i].code, cases[i].error);
        assert_journal(scene->world, "load, POST /token");
        assert_stored(scene->world, scene->before);
    }
}

/* A resource that Logto no longer knows uses the refresh token up all the same. */
static void a_resource_refused_by_the_server_is_mended_at_once(void **state)
{
    struct scene *scene = *state;
    _cleanup_session_ struct session stored = SESSION_EMPTY;

    sign_in_for(scene, 3600);
    scene->request.resource = FAKE_API;
    scene->request.organization_id = "org1";
    list_add(&scene->request.scopes, "read:things");
    expect_oauth_error(scene, 400, "invalid_target");
    expect_refresh(scene, "access-2", "refresh-2", NULL);
    expect_failure(scene, ERROR_NOT_GRANTED, FAKE_API);
    assert_non_null(strstr(scene->err.hint, "logto login --resource " FAKE_API));
    assert_journal(scene->world, "load, POST /token, POST /token, save");
    assert_form(&scene->world->http, 0, "resource", FAKE_API);
    assert_form(&scene->world->http, 1, "resource", NULL);
    assert_form(&scene->world->http, 1, "organization_id", NULL);
    assert_form(&scene->world->http, 1, "scope", NULL);
    assert_form(&scene->world->http, 1, "refresh_token", "refresh-1");
    load_stored(scene, &stored);
    assert_string_equal(secret_text(stored.refresh_token), "refresh-2");
    assert_false(list_contains(&stored.resources, FAKE_API));
    assert_string_equal(secret_text(session_find_token(&stored, NULL, NULL, "")->token), "access-2");
    /* From now on it isn't even asked for. */
    expect_failure(scene, ERROR_NOT_GRANTED, "does not cover " FAKE_API);
}

static void a_mending_that_fails_says_so_and_removes_nothing(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, 3600);
    scene->request.resource = FAKE_API;
    expect_oauth_error(scene, 400, "invalid_target");
    fake_expect_failure(&scene->world->http, FAKE_TOKEN, ERROR_NETWORK, false);
    expect_failure(scene, ERROR_NETWORK, "refreshing without it failed");
    assert_stored(scene->world, scene->before);
}

static void a_lost_answer_to_the_mending_is_asked_for_again(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, 3600);
    scene->request.resource = FAKE_API;
    expect_oauth_error(scene, 400, "invalid_target");
    fake_expect_failure(&scene->world->http, FAKE_TOKEN, ERROR_NETWORK, true);
    expect_refresh(scene, "access-2", "refresh-2", NULL);
    expect_failure(scene, ERROR_NOT_GRANTED, FAKE_API);
    assert_stored_refresh_token(scene, "refresh-2");
}

/* What the session doesn't cover is never sent to Logto. */

static void expect_not_covered(struct scene *scene, const char *part, const char *hint)
{
    expect_failure(scene, ERROR_NOT_GRANTED, part);
    assert_string_equal(scene->err.hint, hint);
    assert_journal(scene->world, "");
}

static void a_resource_not_covered_is_not_asked_for(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    scene->request.resource = "https://other.example";
    expect_not_covered(scene, "'default' does not cover https://other.example",
                       "logto login --resource https://other.example");
    scene->request.resource = FAKE_API "/";
    expect_not_covered(scene, FAKE_API "/", "logto login --resource " FAKE_API "/");
}

static void a_scope_not_covered_is_not_asked_for(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    list_add_words(&scene->request.scopes, "read:things write:things");
    expect_not_covered(scene, "write:things", "logto login --scope write:things");
    scene->request.force = true;
    expect_not_covered(scene, "write:things", "logto login --scope write:things");
}

static void an_organization_not_covered_is_not_asked_for(void **state)
{
    struct scene *scene = *state;
    struct error err;

    fake_sign_in(scene->world, -1, &scene->session);
    list_release(&scene->session.scopes);
    list_add_words(&scene->session.scopes, "openid offline_access");
    assert_true(session_save(&scene->world->interfaces, &scene->world->profile, &scene->session, &err));
    fake_forget_journal(scene->world);
    scene->request.organization_id = "org1";
    expect_not_covered(scene, "organizations", "logto login --organizations");
}

static void the_hint_names_the_profile(void **state)
{
    struct scene *scene = *state;

    free(scene->world->profile.name);
    scene->world->profile.name = memory_duplicate("work");
    scene->world->profile.is_default = false;
    sign_in_for(scene, -1);
    scene->request.resource = "https://other.example";
    expect_not_covered(scene, "'work'", "logto login --profile work --resource https://other.example");
}

static void what_another_process_took_away_is_not_asked_for_either(void **state)
{
    struct scene *scene = *state;
    _cleanup_session_ struct session smaller = SESSION_EMPTY;
    struct error err;

    sign_in_for(scene, -1);
    assert_true(session_load(&scene->world->interfaces, &scene->world->profile, &smaller, &err));
    session_drop_resource(&smaller, FAKE_API);
    assert_true(session_save(&scene->world->interfaces, &scene->world->profile, &smaller, &err));
    scene->request.resource = FAKE_API;
    expect_failure(scene, ERROR_NOT_GRANTED, "does not cover " FAKE_API);
    assert_int_equal(scene->world->http.request_count, 0);
}

static void a_named_scope_that_was_left_out_is_a_failure(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, 3600);
    list_add_words(&scene->request.scopes, "offline_access openid");
    expect_refresh(scene, "access-2", "refresh-2", NULL); /* grants no offline_access */
    expect_failure(scene, ERROR_NOT_GRANTED, "did not grant the scope offline_access");
    assert_string_equal(scene->err.hint, "logto login"); /* after a role has it */
    assert_stored_refresh_token(scene, "refresh-2");     /* what was rotated is kept all the same */
}

/* RFC 6749, 5.1: no scope in the answer means the one that was asked for. */
static void an_answer_without_a_scope_granted_what_was_asked_for(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, 3600);
    list_add(&scene->request.scopes, "offline_access");
    fake_expect(&scene->world->http, FAKE_TOKEN, 200,
                "{\"access_token\":\"access-2\",\"token_type\":\"Bearer\",\"expires_in\":3600}");
    expect_token(scene, "access-2");
}

/* Storing. */

static void storing_is_tried_twice(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    scene->world->store.failing_saves = 1;
    expect_refresh(scene, "access-2", "refresh-2", NULL);
    expect_token(scene, "access-2");
    assert_journal(scene->world, "load, POST /token, save, save");
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
        expect_failure(scene, codes[i], "the refreshed session could not be stored: the fake store failed");
        assert_non_null(strstr(scene->err.hint, "logto login"));
        assert_journal(scene->world, "load, POST /token, save, save");
        assert_stored(scene->world, scene->before);
    }
}

/* Other processes. */

static void a_refresh_by_another_process_is_picked_up_instead_of_another_one(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    store_meanwhile(scene->world, "refresh-of-another-process", 3600);
    expect_token(scene, "access-of-another-process");
    assert_journal(scene->world, "load");
}

static void even_force_is_content_with_another_processs_refresh(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, 3600);
    store_meanwhile(scene->world, "refresh-of-another-process", 3600);
    scene->request.force = true;
    expect_token(scene, "access-of-another-process");
    assert_journal(scene->world, "load");
}

/* Their refresh may have brought no ID token; then ours is still to be made, with their refresh token. */
static void an_id_token_by_force_needs_a_new_id_token(void **state)
{
    struct scene *scene = *state;
    _cleanup_json_ struct json *claims = fake_claims(scene->world);
    _cleanup_secret_ struct secret *id_token = NULL;

    json_set_string(claims, "name", "New Name");
    id_token = fake_id_token(scene->world, claims);
    sign_in_for(scene, 3600);
    store_meanwhile(scene->world, "refresh-of-another-process", 3600);
    expect_refresh(scene, "access-3", "refresh-3", id_token);
    if (!session_fresh_id_token(&scene->world->interfaces, &scene->world->profile, &scene->session, 60, true,
                                &scene->err))
        fail_msg("%s", scene->err.message);
    assert_form(&scene->world->http, 0, "refresh_token", "refresh-of-another-process");
    assert_true(secret_equal(scene->session.id_token, id_token));
}

static void a_stale_session_of_another_process_is_refreshed_with_its_token(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    store_meanwhile(scene->world, "refresh-of-another-process", 59);
    expect_refresh(scene, "access-3", "refresh-3", NULL);
    expect_token(scene, "access-3");
    assert_form(&scene->world->http, 0, "refresh_token", "refresh-of-another-process");
}

static void a_session_that_is_gone_by_then_is_not_signed_in(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    sign_out_meanwhile(NULL, scene->world);
    expect_failure(scene, ERROR_NOT_SIGNED_IN, "nobody is signed in");
}

/* A descriptor of the session's lock file, as another process would have it. */
static int open_lock(const struct scene *scene)
{
    _cleanup_free_ char *pattern = memory_format("%s/.cache/logto/default-*.lock", scene->world->folder);
    glob_t found;
    int descriptor;

    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_int_equal(found.gl_pathc, 1);
    descriptor = open(found.gl_pathv[0], O_RDWR | O_CLOEXEC);
    globfree(&found);
    assert_true(descriptor >= 0);
    return descriptor;
}

static bool is_locked(const struct scene *scene)
{
    int descriptor = open_lock(scene);
    bool locked = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;

    close(descriptor);
    return locked;
}

static void look_at_the_lock(struct fake_answer *answer, void *data)
{
    (void)answer;
    assert_true(is_locked(data));
}

static void the_lock_is_held_from_before_the_request_and_let_go_afterwards(void **state)
{
    struct scene *scene = *state;
    struct fake_answer *answer;

    sign_in_for(scene, -1);
    answer = expect_refresh(scene, "access-2", "refresh-2", NULL);
    answer->during = look_at_the_lock;
    answer->data = scene;
    expect_token(scene, "access-2");
    assert_false(is_locked(scene));
    scene->request.force = true;
    expect_oauth_error(scene, 400, "invalid_grant");
    expect_failure(scene, ERROR_SESSION_ENDED, "");
    assert_false(is_locked(scene));
}

static void a_lock_that_stays_held_is_waited_for_with_a_deadline(void **state)
{
    struct scene *scene = *state;
    struct error err;
    int lock = -1;

    sign_in_for(scene, -1);
    assert_true(session_lock(&scene->world->interfaces, &scene->world->profile, &lock, &err));
    scene->world->system.step = 10000;
    expect_failure(scene, ERROR_IO, "another logto");
    assert_journal(scene->world, "");
    file_unlock(&lock);
    scene->world->system.step = 0;
    expect_refresh(scene, "access-2", "refresh-2", NULL);
    expect_token(scene, "access-2");
}

/* Signals wait until the rotated token is stored. */

static void interrupt_now(struct fake_answer *answer, void *data)
{
    (void)answer;
    (void)data;
    raise(SIGTERM);
}

static void a_signal_in_the_middle_takes_effect_after_the_write(void **state)
{
    struct scene *scene = *state;
    struct fake_journal *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
                                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status = 0;
    pid_t child;

    assert_ptr_not_equal(shared, MAP_FAILED);
    sign_in_for(scene, -1);
    expect_refresh(scene, "access-2", "refresh-2", NULL)->during = interrupt_now;
    scene->world->http.journal = scene->world->store.journal = shared;
    child = fork();
    if (child == 0) {
        interrupt_catch(NULL);
        ask(scene);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 128 + SIGTERM);
    assert_string_equal(shared->text, "load, POST /token, save");
    munmap(shared, sizeof(*shared));
    scene->world->http.answer_count = scene->world->http.answer_count - 1; /* it was the child that asked */
    free(scene->world->http.answers[0].url);
    free(scene->world->http.answers[0].body);
}

/* Keeping tokens. */

static void the_next_process_gets_it_from_the_store(struct scene *scene, const char *text)
{
    _cleanup_session_ struct session later = SESSION_EMPTY;
    const struct access_token *token;
    struct error err;
    size_t requests = scene->world->http.request_count;

    assert_true(session_load(&scene->world->interfaces, &scene->world->profile, &later, &err));
    assert_true(session_access_token(&scene->world->interfaces, &scene->world->profile, &later,
                                     &scene->request, &token, &err));
    assert_string_equal(secret_text(token->token), text);
    assert_int_equal(scene->world->http.request_count, requests);
}

static void tokens_are_kept_by_resource_organization_and_scopes(void **state)
{
    static const struct {
        const char *resource, *organization_id, *scopes, *token;
    } cases[] = {
        {NULL, NULL, "", "access-1"},
        {FAKE_API, NULL, "", "api"},
        {NULL, "org1", "", "org1"},
        {NULL, "org2", "", "org2"},
        {FAKE_API, "org1", "", "api org1"},
        {FAKE_API, NULL, "read:things", "api read"},
        {NULL, NULL, "openid", "openid only"},
        {NULL, NULL, "email openid", "both"},
    };
    struct scene *scene = *state;

    sign_in_for(scene, 3600);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
            scene->request.resource = cases[i].resource;
            scene->request.organization_id = cases[i].organization_id;
            list_release(&scene->request.scopes);
            list_add_words(&scene->request.scopes, cases[i].scopes);
            if (round == 0 && i > 0)
                expect_refresh(scene, cases[i].token, NULL, NULL);
            expect_token(scene, cases[i].token);
            if (round == 0 && i > 0) {
                assert_form(&scene->world->http, i - 1, "resource", cases[i].resource);
                assert_form(&scene->world->http, i - 1, "organization_id", cases[i].organization_id);
                assert_form(&scene->world->http, i - 1, "scope", cases[i].scopes[0] ? cases[i].scopes : NULL);
            }
            the_next_process_gets_it_from_the_store(scene, cases[i].token);
        }
    }
    assert_int_equal(scene->world->http.request_count, ARRAY_SIZE(cases) - 1);
}

static void no_more_than_thirty_two_tokens_are_kept(void **state)
{
    struct scene *scene = *state;
    _cleanup_session_ struct session stored = SESSION_EMPTY;

    sign_in_for(scene, 3600);
    for (int i = 0; i < 40; i++) {
        _cleanup_free_ char *organization = memory_format("org%d", i);

        scene->request.organization_id = organization;
        scene->world->system.now++;
        expect_refresh(scene, organization, NULL, NULL);
        expect_token(scene, organization);
    }
    scene->request.organization_id = NULL;
    load_stored(scene, &stored);
    assert_int_equal(stored.token_count, 32);
    assert_non_null(session_find_token(&stored, NULL, "org39", ""));
    assert_null(session_find_token(&stored, NULL, "org0", ""));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scene, release_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_fresh_token_needs_no_request_and_no_store),
        TEST(an_expired_one_needs_exactly_one_request_stored_at_once),
        TEST(min_ttl_decides_to_the_second),
        TEST(with_min_ttl_zero_a_token_is_used_to_its_end),
        TEST(force_refreshes_a_good_one),
        TEST(a_server_that_does_not_rotate_leaves_the_refresh_token),
        TEST(a_confidential_app_authenticates),
        TEST(without_a_refresh_token_the_end_is_the_end),
        TEST(a_new_id_token_is_verified_with_the_keys_at_hand_and_stored_in_the_same_write),
        TEST(keys_are_only_fetched_once_all_is_stored),
        TEST(unreachable_keys_cost_the_new_id_token_and_nothing_else),
        TEST(a_second_write_that_fails_costs_the_new_id_token_only),
        TEST(an_id_token_about_somebody_else_is_not_taken_over),
        TEST(a_forged_id_token_is_not_taken_over),
        TEST(a_fresh_id_token_is_had_by_refreshing),
        TEST(a_refresh_that_brings_no_fresh_id_token_says_so),
        TEST(a_lost_answer_is_asked_for_once_more_within_the_leeway),
        TEST(it_is_asked_for_once_more_and_no_more),
        TEST(after_the_leeway_a_lost_answer_stays_lost),
        TEST(a_request_that_was_not_delivered_is_not_repeated),
        TEST(other_failures_are_not_repeated_and_keep_the_session),
        TEST(a_server_in_trouble_keeps_the_session),
        TEST(invalid_grant_in_a_servers_own_trouble_ends_nothing),
        TEST(nonsense_instead_of_tokens_keeps_the_session),
        TEST(without_discovery_no_refresh_token_is_spent),
        TEST(a_refused_refresh_token_ends_the_session),
        TEST(a_token_that_another_process_stored_meanwhile_is_picked_up),
        TEST(a_refresh_token_that_another_process_stored_is_tried),
        TEST(it_does_not_chase_replacements_for_ever),
        TEST(a_session_that_was_signed_out_meanwhile_is_simply_gone),
        TEST(a_store_that_cannot_be_read_just_then_loses_nothing),
        TEST(what_may_not_be_had_leaves_the_session),
        TEST(a_resource_refused_by_the_server_is_mended_at_once),
        TEST(a_mending_that_fails_says_so_and_removes_nothing),
        TEST(a_lost_answer_to_the_mending_is_asked_for_again),
        TEST(a_resource_not_covered_is_not_asked_for),
        TEST(a_scope_not_covered_is_not_asked_for),
        TEST(an_organization_not_covered_is_not_asked_for),
        TEST(the_hint_names_the_profile),
        TEST(what_another_process_took_away_is_not_asked_for_either),
        TEST(a_named_scope_that_was_left_out_is_a_failure),
        TEST(an_answer_without_a_scope_granted_what_was_asked_for),
        TEST(storing_is_tried_twice),
        TEST(a_session_that_cannot_be_stored_is_a_failure_that_says_so),
        TEST(a_refresh_by_another_process_is_picked_up_instead_of_another_one),
        TEST(even_force_is_content_with_another_processs_refresh),
        TEST(an_id_token_by_force_needs_a_new_id_token),
        TEST(a_stale_session_of_another_process_is_refreshed_with_its_token),
        TEST(a_session_that_is_gone_by_then_is_not_signed_in),
        TEST(the_lock_is_held_from_before_the_request_and_let_go_afterwards),
        TEST(a_lock_that_stays_held_is_waited_for_with_a_deadline),
        TEST(a_signal_in_the_middle_takes_effect_after_the_write),
        TEST(tokens_are_kept_by_resource_organization_and_scopes),
        TEST(no_more_than_thirty_two_tokens_are_kept),
    };

    return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
