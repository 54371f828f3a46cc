/* An authorization request that is pushed, renewed, refused, or sent the ordinary way. */
#include "fake.h"

#include "net/loopback.h"
#include "session/authorization.h"

#define REDIRECT_URI "http://localhost:3000/callback"
#define ORDINARY FAKE_ISSUER "/auth?client_id=" FAKE_APP "&response_type=code&"

struct scene {
    struct fake_world *world;
    struct provider provider;
    struct list scopes, resources;
    struct secret *secret; /* stands for state, nonce and verifier */
    struct authorization authorization;
    struct error err;
};

static int make_scene(void **state)
{
    struct scene *scene = memory_allocate(1, sizeof(*scene));
    void *world = NULL;

    if (fake_setup(&world) != 0)
        return -1;
    scene->world = world;
    scene->world->profile.port = 3000;
    fake_provider(&scene->provider);
    scene->provider.pushed_authorization_request_endpoint = memory_duplicate(FAKE_PAR);
    scene->secret = secret_from_text("0123456789012345678901234567890123456789012");
    list_add(&scene->scopes, "openid");
    *state = scene;
    return 0;
}

static int release_scene(void **state)
{
    struct scene *scene = *state;
    void *world = scene->world;

    authorization_release(&scene->authorization);
    provider_release(&scene->provider);
    list_release(&scene->scopes);
    list_release(&scene->resources);
    secret_free(&scene->secret);
    free(scene);
    return fake_teardown(&world);
}

static bool open_request(struct scene *scene, const struct secret *app_secret, bool ask)
{
    struct client client = {FAKE_APP, app_secret};
    struct authorization_request request = {.client_id = FAKE_APP,
                                            .redirect_uri = REDIRECT_URI,
                                            .scopes = &scene->scopes,
                                            .resources = &scene->resources,
                                            .state = scene->secret,
                                            .nonce = scene->secret,
                                            .code_verifier = scene->secret};

    authorization_release(&scene->authorization);
    return authorization_open(&scene->world->interfaces, &scene->world->profile, &scene->provider, &client,
                              &request, ask, &scene->authorization, &scene->err);
}

static void expect_push(struct scene *scene, int number, int expires_in)
{
    _cleanup_free_ char *body = memory_format("{\"request_uri\":\"urn:x:%d\",\"expires_in\":%d}", number,
                                              expires_in);

    fake_expect(&scene->world->http, FAKE_PAR, 201, body);
}

/* The short address leads to the pushed request of this number; 0: the ordinary one. */
static void assert_leads_to(struct scene *scene, int number)
{
    _cleanup_buffer_ struct buffer url = BUFFER(AUTHORIZE_URL_MAXIMUM);
    _cleanup_free_ char *pushed = memory_format(
        FAKE_ISSUER "/auth?client_id=" FAKE_APP "&request_uri=urn%%3Ax%%3A%d", number);

    assert_true(authorization_location(&scene->authorization, &url, NULL));
    if (number)
        assert_string_equal(buffer_text(&url), pushed);
    else
        assert_int_equal(strncmp(buffer_text(&url), ORDINARY, strlen(ORDINARY)), 0);
}

static void a_pushed_request_is_used_until_shortly_before_its_end(void **state)
{
    struct scene *scene = *state;

    expect_push(scene, 1, 60);
    assert_true(open_request(scene, NULL, true));
    assert_leads_to(scene, 1);
    scene->world->system.clock += 54999;
    assert_leads_to(scene, 1);
    scene->world->system.clock += 1;
    expect_push(scene, 2, 60);
    assert_leads_to(scene, 2);
    assert_leads_to(scene, 2);
    assert_int_equal(scene->world->http.requests[1].timeout, LOOPBACK_LOCATION_TIMEOUT);
    assert_all_asked(&scene->world->http);
}

static void it_is_made_anew_five_times(void **state)
{
    struct scene *scene = *state;

    expect_push(scene, 1, 60);
    assert_true(open_request(scene, NULL, true));
    for (int i = 2; i <= 1 + AUTHORIZATION_RENEWALS; i++) {
        scene->world->system.clock += 60000;
        expect_push(scene, i, 60);
        assert_leads_to(scene, i);
    }
    scene->world->system.clock += 60000;
    assert_leads_to(scene, 0);
    assert_leads_to(scene, 0);
    assert_all_asked(&scene->world->http);
}

static void what_cannot_be_made_anew_gives_way(void **state)
{
    struct scene *scene = *state;

    expect_push(scene, 1, 60);
    assert_true(open_request(scene, NULL, true));
    scene->world->system.clock += 60000;
    fake_expect_failure(&scene->world->http, FAKE_PAR, ERROR_NETWORK, false);
    assert_leads_to(scene, 0);
    assert_leads_to(scene, 0);
    assert_all_asked(&scene->world->http);
}

static void where_pushing_is_not_possible_the_endpoint_is_asked_when_told_to(void **state)
{
    struct scene *scene = *state;

    fake_expect(&scene->world->http, FAKE_PAR, 404, "{}");
    assert_true(open_request(scene, NULL, false));
    assert_leads_to(scene, 0);
    fake_expect(&scene->world->http, FAKE_PAR, 503, NULL);
    fake_expect(&scene->world->http, buffer_text(&scene->authorization.url), 303, NULL)->location =
        "/sign-in";
    assert_true(open_request(scene, NULL, true));
    fake_expect(&scene->world->http, FAKE_PAR, 405, NULL);
    fake_expect(&scene->world->http, buffer_text(&scene->authorization.url), 303, NULL)->location =
        REDIRECT_URI "?error=login_required";
    assert_true(open_request(scene, NULL, true)); /* that is the browser's to settle */
    fake_expect(&scene->world->http, FAKE_PAR, 404, NULL);
    fake_expect(&scene->world->http, buffer_text(&scene->authorization.url), 400,
                "{\"error\":\"invalid_client\",\"error_description\":\"client is invalid\"}");
    assert_false(open_request(scene, NULL, true));
    assert_error(&scene->err, ERROR_CONFIG, "has no app " FAKE_APP ": \"client is invalid\"");
    assert_all_asked(&scene->world->http);
}

static void a_refusal_says_what_to_change(void **state)
{
    static const struct {
        int status;
        const char *body;
        bool secret;
        const char *message, *hint;
    } cases[] = {
        {400, "{\"error\":\"invalid_client\"}", false, FAKE_ENDPOINT " has no app " FAKE_APP,
         "check the app id"},
        {401, "{\"error\":\"invalid_client\"}", true, "does not accept the secret of the app",
         "check the secret"},
        {401, "{\"error\":\"invalid_client\"}", false, "has a secret, and none was given",
         "--app-secret-file FILE"},
        {400, "{\"error\":\"invalid_request\",\"error_description\":\"redirect_uri did not match\"}", false,
         REDIRECT_URI " is not a redirect URI of the app",
         "post sign-out redirect URI http://localhost:3000/"},
        {400, "{\"error\":\"invalid_redirect_uri\"}", false, "is not a redirect URI", REDIRECT_URI},
        {400,
         "{\"error\":\"invalid_request\",\"error_description\":\"requested response_type is not allowed for "
         "this "
         "client\"}",
         false, "is not made for signing in with a browser", "--device --device-app-id ID"},
        {400, "{\"error\":\"unauthorized_client\"}", false, "is not made for", "type Native"},
        {400, "{\"error\":\"invalid_target\"}", false, "does not know the API: " FAKE_API ": ",
         "API resources"},
        {400, "{\"error\":\"invalid_scope\"}", false, "may not ask for a scope", "Permissions"},
    };
    struct scene *scene = *state;

    list_add(&scene->resources, FAKE_API);
    list_add(&scene->resources, "urn:logto:resource:organizations");
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        fake_expect(&scene->world->http, FAKE_PAR, cases[i].status, cases[i].body);
        assert_false(open_request(scene, cases[i].secret ? scene->secret : NULL, true));
        assert_error(&scene->err, ERROR_CONFIG, cases[i].message);
        assert_non_null(strstr(scene->err.hint, cases[i].hint));
    }
    fake_expect(&scene->world->http, FAKE_PAR, 429, NULL);
    assert_false(open_request(scene, NULL, true));
    assert_int_equal(scene->err.code, ERROR_RATE_LIMITED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_pushed_request_is_used_until_shortly_before_its_end, make_scene,
                                        release_scene),
        cmocka_unit_test_setup_teardown(it_is_made_anew_five_times, make_scene, release_scene),
        cmocka_unit_test_setup_teardown(what_cannot_be_made_anew_gives_way, make_scene, release_scene),
        cmocka_unit_test_setup_teardown(where_pushing_is_not_possible_the_endpoint_is_asked_when_told_to,
                                        make_scene, release_scene),
        cmocka_unit_test_setup_teardown(a_refusal_says_what_to_change, make_scene, release_scene),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
