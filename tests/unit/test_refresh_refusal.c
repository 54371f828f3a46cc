/* What a refresh does when Logto refuses it. */
#include "access_scene.h"

/* Refusals. */

static void a_refused_refresh_token_ends_the_session(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    expect_oauth_error(scene, 400, "invalid_grant");
    expect_failure(scene, ERROR_SESSION_ENDED, "no longer accepts this session");
    assert_string_equal(scene->err.hint, "logto login");
    assert_journal(scene->world, "load, prepare, POST /token, load, remove");
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
        assert_journal(scene->world, "load, prepare, POST /token");
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
    assert_journal(scene->world, "load, prepare, POST /token, POST /token, save");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
