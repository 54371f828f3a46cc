/* Tokens without a session: nothing is read from a store and nothing is left behind. */
#include "fake.h"

#include "session/machine.h"

#include <unistd.h>

#define TOKEN_EXCHANGE "urn:ietf:params:oauth:grant-type:token-exchange"

struct scene {
    struct fake_world *world;
    struct machine machine;
    struct secret *app_secret, *personal_token;
    struct access_request request;
    struct access_token token;
    struct error err;
};

static int make_scene(void **state)
{
    struct scene *scene = memory_allocate(1, sizeof(*scene));
    void *world = NULL;

    if (fake_setup(&world) != 0)
        return -1;
    scene->world = world;
    scene->app_secret = secret_from_text("s3cret");
    scene->personal_token = secret_from_text("pat_123");
    scene->machine = (struct machine){FAKE_APP, scene->app_secret, NULL, false};
    *state = scene;
    return 0;
}

/* Whatever happened: no store was touched, and no file written. */
static int release_scene(void **state)
{
    struct scene *scene = *state;
    _cleanup_free_ char *cache = memory_format("%s/.cache", scene->world->folder);
    void *world = scene->world;
    bool traces = strstr(scene->world->journal.text, "load") || strstr(scene->world->journal.text, "save") ||
                  access(cache, F_OK) == 0;

    access_token_release(&scene->token);
    secret_free(&scene->app_secret);
    secret_free(&scene->personal_token);
    list_release(&scene->request.scopes);
    free(scene);
    return fake_teardown(&world) || traces;
}

static void expect_discovery(struct scene *scene)
{
    _cleanup_free_ char *document = fake_discovery_document();

    fake_expect(&scene->world->http, FAKE_DISCOVERY, 200, document);
}

static bool ask(struct scene *scene)
{
    bool ok = machine_token(&scene->world->interfaces, &scene->world->profile, &scene->machine,
                            &scene->request, &scene->token, &scene->err);

    assert_all_asked(&scene->world->http);
    return ok;
}

static void expect_token(struct scene *scene, const char *body)
{
    expect_discovery(scene);
    fake_expect(&scene->world->http, FAKE_TOKEN, 200, body);
    if (!ask(scene))
        fail_msg("%s", scene->err.message);
}

static void client_credentials_authenticate_with_the_secret(void **state)
{
    struct scene *scene = *state;

    scene->request.resource = FAKE_API;
    scene->request.organization_id = "org1";
    list_add_words(&scene->request.scopes, "read write");
    expect_token(
        scene, "{\"access_token\":\"m2m\",\"token_type\":\"Bearer\",\"expires_in\":3600,\"scope\":\"read\"}");
    assert_form(&scene->world->http, 1, "grant_type", "client_credentials");
    assert_form(&scene->world->http, 1, "resource", FAKE_API);
    assert_form(&scene->world->http, 1, "organization_id", "org1");
    assert_form(&scene->world->http, 1, "scope", "read write");
    assert_form(&scene->world->http, 1, "client_id", NULL);
    assert_string_equal(scene->world->http.requests[1].basic, FAKE_APP ":s3cret");
    assert_string_equal(secret_text(scene->token.token), "m2m");
    assert_string_equal(scene->token.resource, FAKE_API);
    assert_string_equal(scene->token.organization_id, "org1");
    assert_string_equal(scene->token.scope, "read");
    assert_int_equal(scene->token.expires_at, FAKE_NOW + 3600);
}

static void client_credentials_need_something_to_be_for(void **state)
{
    struct scene *scene = *state;

    assert_false(ask(scene));
    assert_error(&scene->err, ERROR_USAGE, "--resource");
    assert_int_equal(scene->world->http.request_count, 0);
    scene->request.organization_id = "org1";
    expect_token(scene, "{\"access_token\":\"m2m\",\"token_type\":\"Bearer\"}");
    assert_form(&scene->world->http, 1, "resource", NULL);
    assert_form(&scene->world->http, 1, "scope", NULL);
    assert_null(scene->token.scope);
}

static void a_personal_token_is_exchanged(void **state)
{
    struct scene *scene = *state;

    scene->machine = (struct machine){FAKE_APP, NULL, scene->personal_token, false};
    scene->request.resource = FAKE_API;
    expect_token(scene, "{\"access_token\":\"x\",\"token_type\":\"Bearer\",\"expires_in\":60}");
    assert_form(&scene->world->http, 1, "grant_type", TOKEN_EXCHANGE);
    assert_form(&scene->world->http, 1, "subject_token", "pat_123");
    assert_form(&scene->world->http, 1, "subject_token_type", "urn:logto:token-type:personal_access_token");
    assert_form(&scene->world->http, 1, "client_id", FAKE_APP);
    assert_form(&scene->world->http, 1, "scope", NULL);
    assert_null(scene->world->http.requests[1].basic);
}

static void without_a_resource_an_exchange_asks_for_the_profile(void **state)
{
    struct scene *scene = *state;

    scene->machine.personal_token = scene->personal_token;
    expect_token(scene, "{\"access_token\":\"x\",\"token_type\":\"Bearer\"}");
    assert_form(&scene->world->http, 1, "scope", "openid profile email");
    assert_string_equal(scene->world->http.requests[1].basic, FAKE_APP ":s3cret");
}

static void refusals_are_explained(void **state)
{
    static const struct {
        const char *error;
        bool exchange;
        enum error_code code;
        const char *hint;
    } cases[] = {
        {"invalid_target", false, ERROR_NOT_GRANTED, "Console"},
        {"access_denied", false, ERROR_NOT_GRANTED, "Console"},
        {"invalid_scope", true, ERROR_NOT_GRANTED, "Console"},
        {"insufficient_scope", true, ERROR_NOT_GRANTED, "Console"},
        {"invalid_client", false, ERROR_CONFIG, "LOGTO_APP_SECRET"},
        {"invalid_request", false, ERROR_CONFIG, "Machine-to-machine"},
        {"unauthorized_client", true, ERROR_CONFIG, "token exchange"},
        {"invalid_grant", true, ERROR_SESSION_ENDED, "LOGTO_PAT"},
        {"unheard_of", false, ERROR_PROTOCOL, ""},
    };
    struct scene *scene = *state;

    scene->request.resource = FAKE_API;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_free_ char *body = memory_format("{\"error\":\"%s\"}", cases[i].error);

        scene->machine.personal_token = cases[i].exchange ? scene->personal_token : NULL;
        expect_discovery(scene);
        fake_expect(&scene->world->http, FAKE_TOKEN, 400, body);
        assert_false(ask(scene));
        assert_error(&scene->err, cases[i].code, cases[i].error);
        assert_non_null(strstr(scene->err.hint, cases[i].hint));
        assert_null(scene->token.token);
    }
}

static void the_networks_failures_stay_what_they_are(void **state)
{
    struct scene *scene = *state;

    scene->request.resource = FAKE_API;
    expect_discovery(scene);
    fake_expect(&scene->world->http, FAKE_TOKEN, 429, NULL)->retry_after = 9;
    assert_false(ask(scene));
    assert_error(&scene->err, ERROR_RATE_LIMITED, "requesting an app token");
    assert_string_equal(scene->err.hint, "try again in 9 seconds");
    expect_discovery(scene);
    fake_expect_failure(&scene->world->http, FAKE_TOKEN, ERROR_NETWORK, true); /* and is not repeated */
    assert_false(ask(scene));
    assert_error(&scene->err, ERROR_NETWORK, "requesting an app token");
    fake_expect_failure(&scene->world->http, FAKE_DISCOVERY, ERROR_TLS, false);
    assert_false(ask(scene));
    assert_int_equal(scene->err.code, ERROR_TLS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scene, release_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(client_credentials_authenticate_with_the_secret),
        TEST(client_credentials_need_something_to_be_for),
        TEST(a_personal_token_is_exchanged),
        TEST(without_a_resource_an_exchange_asks_for_the_profile),
        TEST(refusals_are_explained),
        TEST(the_networks_failures_stay_what_they_are),
    };

    return cmocka_run_group_tests_name("machine", tests, NULL, NULL);
}
