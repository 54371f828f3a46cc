/* When a token is refreshed, what the session covers, and how tokens are kept. */
#include "access_scene.h"

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
    assert_journal(scene->world, "load, prepare, POST /token, save");
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
}

/* Nothing is given out, and what the one refresh brought is kept for who asks for less. */
static void a_lifetime_that_logto_does_not_give_fails(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, 60);
    scene->request.min_ttl = 3601;
    expect_refresh(scene, "access-2", "refresh-2", NULL);
    expect_failure(scene, ERROR_NOT_GRANTED, "valid for 3600 seconds");
    assert_non_null(strstr(scene->err.hint, "--min-ttl"));
    scene->request.min_ttl = 3600;
    expect_token(scene, "access-2");
}

static void the_default_minute_is_a_wish(void **state)
{
    struct scene *scene = *state;

    scene->request.min_ttl = ACCESS_TTL_DEFAULT;
    sign_in_for(scene, 60);
    expect_token(scene, "access-1");
    scene->world->system.now++;
    fake_expect(&scene->world->http, FAKE_TOKEN, 200,
                "{\"access_token\":\"access-2\",\"token_type\":\"Bearer\",\"expires_in\":30}");
    expect_token(scene, "access-2");
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
    assert_journal(scene->world, "load, prepare, POST /token, save");
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
    expect_failure(scene, ERROR_SESSION_ENDED, "has no refresh token");
    assert_string_equal(scene->err.hint, "logto login");
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
    session_remove_resource(&smaller, FAKE_API);
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
        {FAKE_API, "org1", "", "api-org1"},
        {FAKE_API, NULL, "read:things", "api-read"},
        {NULL, NULL, "openid", "openid-only"},
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_fresh_token_needs_no_request_and_no_store),
        TEST(an_expired_one_needs_exactly_one_request_stored_at_once),
        TEST(min_ttl_decides_to_the_second),
        TEST(a_lifetime_that_logto_does_not_give_fails),
        TEST(the_default_minute_is_a_wish),
        TEST(with_min_ttl_zero_a_token_is_used_to_its_end),
        TEST(force_refreshes_a_good_one),
        TEST(a_server_that_does_not_rotate_leaves_the_refresh_token),
        TEST(a_confidential_app_authenticates),
        TEST(without_a_refresh_token_the_end_is_the_end),
        TEST(a_resource_not_covered_is_not_asked_for),
        TEST(a_scope_not_covered_is_not_asked_for),
        TEST(an_organization_not_covered_is_not_asked_for),
        TEST(the_hint_names_the_profile),
        TEST(what_another_process_took_away_is_not_asked_for_either),
        TEST(a_named_scope_that_was_left_out_is_a_failure),
        TEST(an_answer_without_a_scope_granted_what_was_asked_for),
        TEST(tokens_are_kept_by_resource_organization_and_scopes),
        TEST(no_more_than_thirty_two_tokens_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
