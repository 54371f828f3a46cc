#include "fake.h"

#include "session/sibling.h"

/* A session in the world's store, as a profile of that name has it. */
static void sign_in_as(struct fake_world *world, const char *name, const char *app_id, const char *subject)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;
    _cleanup_profile_ struct profile profile = PROFILE_EMPTY;
    struct error err;

    fake_sign_in(world, 3600, &session);
    profile.name = memory_duplicate(name);
    profile_set_text(&profile.app_id, app_id);
    profile_set_text(&profile.store, world->profile.store);
    assert_true(profile_set_endpoint(&profile, FAKE_ENDPOINT, &err));
    free(session.app_id);
    session.app_id = memory_duplicate(app_id);
    json_set_string(session.claims, "sub", subject);
    secret_free(&session.id_token);
    session.id_token = fake_id_token(world, session.claims);
    assert_true(session_save(&world->interfaces, &profile, &session, &err));
}

static void add_profile(struct config *config, const struct fake_world *world, const char *name,
                        const char *endpoint, const char *app_id)
{
    struct json *object = config_ensure_profile(config, name);

    json_set_string(object, "endpoint", endpoint);
    json_set_string(object, "appId", app_id);
    json_set_string(object, "store", world->profile.store);
}

static void expect_siblings(struct fake_world *world, const struct config *config, const char *expected)
{
    _cleanup_list_ struct list names = LIST_EMPTY;
    _cleanup_free_ char *joined = NULL;

    siblings_find(&world->interfaces, config, &world->profile, &names);
    joined = list_join(&names, " ");
    assert_string_equal(joined, expected);
}

static void only_the_same_issuer_app_and_user_share_a_grant(void **state)
{
    struct fake_world *world = *state;
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    struct error err;

    assert_true(config_load(&config, &err));
    add_profile(&config, world, "default", FAKE_ENDPOINT, FAKE_APP);
    add_profile(&config, world, "twin", FAKE_ENDPOINT, FAKE_APP);
    add_profile(&config, world, "colleague", FAKE_ENDPOINT, FAKE_APP);
    add_profile(&config, world, "app", FAKE_ENDPOINT, "app2");
    add_profile(&config, world, "elsewhere", "https://other.example", FAKE_APP);
    add_profile(&config, world, "signed-out", FAKE_ENDPOINT, FAKE_APP);
    (void)config_ensure_profile(&config, "empty");
    sign_in_as(world, "twin", FAKE_APP, FAKE_SUBJECT);
    sign_in_as(world, "colleague", FAKE_APP, "user2");
    sign_in_as(world, "app", "app2", FAKE_SUBJECT);
    expect_siblings(world, &config, "twin");
}

static void without_a_session_there_is_none(void **state)
{
    struct fake_world *world = *state;
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    struct error err;

    assert_true(config_load(&config, &err));
    add_profile(&config, world, "twin", FAKE_ENDPOINT, FAKE_APP);
    sign_in_as(world, "twin", FAKE_APP, FAKE_SUBJECT);
    assert_true(session_forget(&world->interfaces, &world->profile, &err));
    expect_siblings(world, &config, "");
    profile_set_text(&world->profile.app_id, NULL);
    expect_siblings(world, &config, "");
}

static void alone_no_store_is_asked(void **state)
{
    struct fake_world *world = *state;
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    _cleanup_session_ struct session session = SESSION_EMPTY;
    struct error err;

    assert_true(config_load(&config, &err));
    add_profile(&config, world, "default", FAKE_ENDPOINT, FAKE_APP);
    fake_sign_in(world, 3600, &session);
    expect_siblings(world, &config, "");
    assert_journal(world, "");
}

static void what_cannot_be_read_adds_nothing(void **state)
{
    struct fake_world *world = *state;
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    struct error err;

    assert_true(config_load(&config, &err));
    add_profile(&config, world, "twin", FAKE_ENDPOINT, FAKE_APP);
    sign_in_as(world, "twin", FAKE_APP, FAKE_SUBJECT);
    world->store.failing_loads = 1;
    expect_siblings(world, &config, "");
    expect_siblings(world, &config, "twin");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_the_same_issuer_app_and_user_share_a_grant),
        TEST(without_a_session_there_is_none),
        TEST(alone_no_store_is_asked),
        TEST(what_cannot_be_read_adds_nothing),
    };

    return cmocka_run_group_tests_name("sibling", tests, NULL, NULL);
}
