/* A whole sign-in with the device flow, on a clock that moves whenever somebody waits. */
#include "fake.h"

#include "logto/scope.h"
#include "session/sign_in_device.h"

#define DEVICE_APP "device1"

/* One sign-in, and what the user at the terminal heard of it. */
struct scene {
    struct fake_world *world;
    struct sign_in_request request;
    struct list scopes, resources;
    struct session session;
    struct error err;
    int64_t started; /* on the clock, when the code was shown */
    char *user_code;
    int ticks, ends;
};

static void note_code(void *data, const struct device_authorization *authorization)
{
    struct scene *scene = data;

    scene->started = scene->world->system.clock;
    scene->user_code = memory_duplicate(authorization->user_code);
}

static void note_tick(void *data, int64_t seconds_left)
{
    struct scene *scene = data;

    assert_true(seconds_left > 0);
    scene->ticks++;
}

static void note_end(void *data)
{
    ((struct scene *)data)->ends++;
}

static int make_scene(void **state)
{
    struct scene *scene = memory_allocate(1, sizeof(*scene));
    void *world = NULL;

    if (fake_setup(&world) != 0)
        return -1;
    scene->world = world;
    scene->world->profile.device_app_id = memory_duplicate(DEVICE_APP);
    logto_add_default_scopes(&scene->scopes);
    scene->request = (struct sign_in_request){
        .scopes = &scene->scopes,
        .resources = &scene->resources,
        .connector = "google",
        .sign_up = true,
        .timeout = 300000,
        .events = {.device_code = note_code, .tick = note_tick, .done = note_end, .data = scene}};
    fake_fill_cache(world);
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
    free(scene->user_code);
    free(scene);
    return fake_teardown(&world);
}

static bool sign_in(struct scene *scene)
{
    return sign_in_device(&scene->world->interfaces, &scene->world->profile, &scene->request, &scene->session,
                          &scene->err);
}

static void expect_code(struct scene *scene)
{
    fake_expect(&scene->world->http, FAKE_DEVICE, 200,
                "{\"device_code\":\"dc-1\",\"user_code\":\"HVWT-FPPJ\",\"expires_in\":600,"
                "\"verification_uri\":\"https://tenant.example/device\"}");
}

static void expect_error(struct scene *scene, const char *error)
{
    _cleanup_free_ char *body = memory_format("{\"error\":\"%s\",\"error_description\":\"as it is\"}", error);

    fake_expect(&scene->world->http, FAKE_TOKEN, 400, body);
}

static void expect_tokens(struct scene *scene)
{
    _cleanup_json_ struct json *claims = fake_claims(scene->world);
    _cleanup_json_ struct json *body = json_object();
    _cleanup_secret_ struct secret *id_token = NULL;
    char *text;

    json_set_string(claims, "aud", DEVICE_APP);
    id_token = fake_id_token(scene->world, claims);
    json_set_string(body, "access_token", "access-new");
    json_set_string(body, "refresh_token", "refresh-new");
    json_set_string(body, "token_type", "Bearer");
    json_set_string(body, "id_token", secret_text(id_token));
    text = json_print(body, false);
    fake_expect(&scene->world->http, FAKE_TOKEN, 200, text);
    memory_wipe_free(text);
}

/* Seconds on the clock since the code was shown. */
static int64_t elapsed(const struct scene *scene)
{
    return (scene->world->system.clock - scene->started) / 1000;
}

static void the_session_belongs_to_the_device_app(void **state)
{
    struct scene *scene = *state;
    _cleanup_secret_ struct secret *stored = NULL;

    expect_code(scene);
    expect_error(scene, "authorization_pending");
    expect_tokens(scene);
    assert_true(sign_in(scene));
    assert_all_asked(&scene->world->http);
    assert_string_equal(scene->session.app_id, DEVICE_APP);
    assert_string_equal(scene->user_code, "HVWT-FPPJ");
    assert_form(&scene->world->http, 0, "client_id", DEVICE_APP);
    assert_form(&scene->world->http, 0, "direct_sign_in", "social:google");
    assert_form(&scene->world->http, 0, "first_screen", "register");
    assert_form(&scene->world->http, 2, "client_id", DEVICE_APP);
    assert_int_equal(elapsed(scene), 10);
    assert_int_equal(scene->ticks, 10);
    assert_int_equal(scene->ends, 1);
    stored = fake_stored(scene->world); /* where the profile's session always is */
    assert_non_null(stored);
}

static void the_server_sets_the_pace(void **state)
{
    struct scene *scene = *state;

    expect_code(scene);
    expect_error(scene, "slow_down");
    expect_error(scene, "authorization_pending");
    expect_error(scene, "slow_down");
    expect_tokens(scene);
    assert_true(sign_in(scene));
    assert_int_equal(elapsed(scene), 5 + 10 + 10 + 15);
}

static void trouble_in_between_is_survived_at_a_slower_pace(void **state)
{
    struct scene *scene = *state;

    expect_code(scene);
    fake_expect_failure(&scene->world->http, FAKE_TOKEN, ERROR_NETWORK, false);
    fake_expect(&scene->world->http, FAKE_TOKEN, 502, NULL);
    expect_error(scene, "authorization_pending");
    expect_tokens(scene);
    assert_true(sign_in(scene));
    assert_int_equal(elapsed(scene), 5 + 10 + 20 + 5);
}

static void lost_tokens_are_named(void **state)
{
    struct scene *scene = *state;

    expect_code(scene);
    fake_expect_failure(&scene->world->http, FAKE_TOKEN, ERROR_NETWORK, true);
    fake_expect_failure(&scene->world->http, FAKE_TOKEN, ERROR_NETWORK, false);
    expect_error(scene, "invalid_grant");
    assert_false(sign_in(scene));
    assert_error(&scene->err, ERROR_NETWORK, "the response with the tokens was lost");
}

static void every_end_has_its_own_words(void **state)
{
    static const struct {
        const char *error;
        enum error_code code;
        const char *part;
    } cases[] = {
        {"access_denied", ERROR_DENIED, "Logto denied the sign-in: \"as it is\""},
        {"expired_token", ERROR_TIMEOUT, "the code expired"},
        {"invalid_grant", ERROR_PROTOCOL, "invalid_grant"},
        {"server_is_odd", ERROR_PROTOCOL, "server_is_odd"},
    };
    struct scene *scene = *state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        expect_code(scene);
        expect_error(scene, cases[i].error);
        assert_false(sign_in(scene));
        assert_error(&scene->err, cases[i].code, cases[i].part);
        free(TAKE(scene->user_code));
    }
    expect_code(scene);
    fake_expect(&scene->world->http, FAKE_TOKEN, 400,
                "{\"error\":\"access_denied\",\"error_description\":\"End-User aborted interaction\"}");
    assert_false(sign_in(scene));
    assert_error(&scene->err, ERROR_DENIED, "canceled in the browser");
    assert_all_asked(&scene->world->http);
}

static void the_shorter_of_two_waits_ends_it(void **state)
{
    struct scene *scene = *state;

    scene->request.timeout = 7000;
    expect_code(scene);
    expect_error(scene, "authorization_pending");
    assert_false(sign_in(scene));
    assert_error(&scene->err, ERROR_TIMEOUT, "timed out after 7 seconds");
    assert_int_equal(elapsed(scene), 7);
    free(TAKE(scene->user_code));
    fake_expect(&scene->world->http, FAKE_DEVICE, 200,
                "{\"device_code\":\"dc-1\",\"user_code\":\"A\",\"expires_in\":6,"
                "\"verification_uri\":\"https://tenant.example/device\"}");
    fake_expect_failure(&scene->world->http, FAKE_TOKEN, ERROR_NETWORK, false);
    assert_false(sign_in(scene));
    assert_error(&scene->err, ERROR_TIMEOUT,
                 "the code expired before the sign-in was complete; the last request failed");
    assert_int_equal(elapsed(scene), 6);
}

static void another_kind_of_app_is_told_how_to_get_one(void **state)
{
    static const struct {
        const char *body, *part;
    } cases[] = {
        {"{\"error\":\"invalid_request\",\"error_description\":\"device_code is not allowed for this "
         "client\"}",
         "the app " DEVICE_APP " is not made for the device flow"},
        {"{\"error\":\"unauthorized_client\"}", "is not made for the device flow"},
        {"{\"error\":\"invalid_client\",\"error_description\":\"client is invalid\"}",
         "has no app " DEVICE_APP},
    };
    struct scene *scene = *state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        fake_expect(&scene->world->http, FAKE_DEVICE, 400, cases[i].body);
        assert_false(sign_in(scene));
        assert_error(&scene->err, ERROR_CONFIG, cases[i].part);
        assert_non_null(strstr(scene->err.hint, "logto login --device --device-app-id ID"));
    }
    profile_set_text(&scene->world->profile.device_app_id, NULL);
    assert_false(sign_in(scene));
    assert_error(&scene->err, ERROR_CONFIG, "no app for the device flow");
    assert_all_asked(&scene->world->http);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_session_belongs_to_the_device_app, make_scene, release_scene),
        cmocka_unit_test_setup_teardown(the_server_sets_the_pace, make_scene, release_scene),
        cmocka_unit_test_setup_teardown(trouble_in_between_is_survived_at_a_slower_pace, make_scene,
                                        release_scene),
        cmocka_unit_test_setup_teardown(lost_tokens_are_named, make_scene, release_scene),
        cmocka_unit_test_setup_teardown(every_end_has_its_own_words, make_scene, release_scene),
        cmocka_unit_test_setup_teardown(the_shorter_of_two_waits_ends_it, make_scene, release_scene),
        cmocka_unit_test_setup_teardown(another_kind_of_app_is_told_how_to_get_one, make_scene,
                                        release_scene),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
