/* A machine-to-machine app's session: its secret is proven once, and tokens are requested with it. */
#include "fake.h"

#include "session/access.h"
#include "session/sign_in_machine.h"

#define TOKEN "{\"access_token\":\"m2m\",\"token_type\":\"Bearer\",\"expires_in\":3600,\"scope\":\"read\"}"

struct scene {
    struct fake_world *world;
    struct list scopes, resources;
    struct secret *app_secret;
    struct session session;
    struct error err;
};

static int make_scene(void **state)
{
    struct scene *scene = memory_allocate(1, sizeof(*scene));
    void *world = NULL;

    if (fake_setup(&world) != 0)
        return -1;
    scene->world = world;
    fake_fill_cache(scene->world);
    scene->app_secret = secret_from_text("s3cret");
    scene->session = (struct session)SESSION_EMPTY;
    list_add_words(&scene->scopes, "read");
    *state = scene;
    return 0;
}

static int release_scene(void **state)
{
    struct scene *scene = *state;
    void *world = scene->world;

    session_release(&scene->session);
    list_release(&scene->scopes);
    list_release(&scene->resources);
    secret_free(&scene->app_secret);
    free(scene);
    return fake_teardown(&world);
}

static bool sign_in(struct scene *scene, int status, const char *body)
{
    struct sign_in_request request = {
        .scopes = &scene->scopes, .resources = &scene->resources, .app_secret = scene->app_secret};
    bool ok;

    fake_expect(&scene->world->http, FAKE_TOKEN, status, body);
    session_release(&scene->session);
    ok = sign_in_machine(&scene->world->interfaces, &scene->world->profile, &request, &scene->session,
                         &scene->err);
    assert_all_asked(&scene->world->http);
    return ok;
}

static const struct access_token *token(struct scene *scene, const struct access_request *request)
{
    const struct access_token *found = NULL;

    return session_access_token(&scene->world->interfaces, &scene->world->profile, &scene->session, request,
                                &found, &scene->err)
               ? found
               : NULL;
}

static void the_secret_is_proven_and_the_token_used_until_it_expires(void **state)
{
    struct scene *scene = *state;
    struct access_request plain = {.min_ttl = 0};
    size_t asked;

    list_add(&scene->resources, FAKE_API);
    assert_true(sign_in(scene, 200, TOKEN));
    assert_true(scene->session.machine);
    assert_null(scene->session.refresh_token);
    assert_form(&scene->world->http, 0, "resource", FAKE_API);
    assert_form(&scene->world->http, 0, "scope", "read");
    asked = scene->world->http.request_count;
    assert_string_equal(secret_text(token(scene, &plain)->token), "m2m");
    assert_int_equal(scene->world->http.request_count, asked);
    scene->world->system.now += 3600;
    fake_expect(&scene->world->http, FAKE_TOKEN, 200, TOKEN);
    assert_non_null(token(scene, &plain));
    assert_all_asked(&scene->world->http);
}

static void without_an_api_the_refusal_of_the_target_proves_the_secret(void **state)
{
    struct scene *scene = *state;
    struct access_request plain = {.min_ttl = 0};

    assert_true(sign_in(scene, 400, "{\"error\":\"invalid_target\"}"));
    assert_int_equal(scene->session.token_count, 0);
    assert_null(token(scene, &plain));
    assert_error(&scene->err, ERROR_USAGE, "--resource");
}

static void nothing_is_stored_when_the_secret_is_refused(void **state)
{
    struct scene *scene = *state;

    assert_false(sign_in(scene, 401, "{\"error\":\"invalid_client\"}"));
    assert_error(&scene->err, ERROR_CONFIG, "invalid_client");
    assert_non_null(strstr(scene->err.hint, "login --machine"));
    list_add(&scene->resources, FAKE_API);
    assert_false(sign_in(scene, 400, "{\"error\":\"invalid_target\"}"));
    assert_int_equal(scene->err.code, ERROR_NOT_GRANTED);
    assert_null(strstr(scene->world->journal.text, "save"));
}

static void a_scope_of_the_profile_that_is_not_granted_is_an_error(void **state)
{
    struct scene *scene = *state;
    struct access_request plain = {.min_ttl = 0};

    list_add(&scene->resources, FAKE_API);
    list_add(&scene->world->profile.scopes, "read");
    assert_true(
        sign_in(scene, 200, "{\"access_token\":\"m2m\",\"token_type\":\"Bearer\",\"expires_in\":3600}"));
    assert_null(token(scene, &plain));
    assert_error(&scene->err, ERROR_NOT_GRANTED, "scope read");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scene, release_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_secret_is_proven_and_the_token_used_until_it_expires),
        TEST(without_an_api_the_refusal_of_the_target_proves_the_secret),
        TEST(nothing_is_stored_when_the_secret_is_refused),
        TEST(a_scope_of_the_profile_that_is_not_granted_is_an_error),
    };

    return cmocka_run_group_tests_name("sign_in_machine", tests, NULL, NULL);
}
