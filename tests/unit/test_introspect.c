#include "fake.h"

#include "oidc/introspect.h"

static struct json *ask(struct fake_world *world, struct error *err)
{
    _cleanup_secret_ struct secret *token = secret_from_text("opaque-1");
    _cleanup_secret_ struct secret *app_secret = secret_from_text("s3cret");
    _cleanup_provider_ struct provider provider = {0};
    struct client client = {FAKE_APP, app_secret};

    fake_provider(&provider);
    return introspect(&world->oidc, &provider, &client, token, err);
}

static void the_answer_is_handed_over(void **state)
{
    struct fake_world *world = *state;
    _cleanup_json_ struct json *answer = NULL;
    struct error err;

    fake_expect(&world->http, FAKE_INTROSPECTION, 200, "{\"active\":true,\"scope\":\"openid\"}");
    answer = ask(world, &err);
    assert_true(json_boolean(answer, "active", false));
    assert_form(&world->http, 0, "token", "opaque-1");
    assert_string_equal(world->http.requests[0].basic, FAKE_APP ":s3cret");
}

static void failures_are_no_answers(void **state)
{
    struct fake_world *world = *state;
    struct error err;

    fake_expect(&world->http, FAKE_INTROSPECTION, 401, "{\"error\":\"invalid_client\"}");
    assert_null(ask(world, &err));
    assert_error(&err, ERROR_CONFIG, "introspecting the token: \"invalid_client\"");
    fake_expect(&world->http, FAKE_INTROSPECTION, 502, NULL);
    assert_null(ask(world, &err));
    assert_error(&err, ERROR_NETWORK, "introspecting the token");
    fake_expect(&world->http, FAKE_INTROSPECTION, 200, "nonsense");
    assert_null(ask(world, &err));
    assert_error(&err, ERROR_PROTOCOL, "introspecting the token");
    fake_expect_failure(&world->http, FAKE_INTROSPECTION, ERROR_NETWORK, true);
    assert_null(ask(world, &err));
    assert_int_equal(err.code, ERROR_NETWORK);
}

/* RFC 7662, 2.2: `active` is required; without it there is no answer, and so no verdict. */
static void an_answer_that_does_not_say_active_is_none(void **state)
{
    static const char *const bodies[] = {
        "{}", "[]", "null", "true", "{\"active\":\"true\"}", "{\"active\":1}"};
    struct fake_world *world = *state;

    for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
        struct error err = {.message = ""};
        struct json *answer;

        fake_expect(&world->http, FAKE_INTROSPECTION, 200, bodies[i]);
        answer = ask(world, &err);
        if (answer) {
            json_free(&answer);
            fail_msg("%s was taken for an answer", bodies[i]);
        }
        assert_error(&err, ERROR_PROTOCOL, "introspecting the token");
    }
}

static void a_provider_that_cannot_introspect_is_named(void **state)
{
    struct fake_world *world = *state;
    _cleanup_secret_ struct secret *token = secret_from_text("opaque-1");
    _cleanup_provider_ struct provider provider = {0};
    struct client client = {FAKE_APP, NULL};
    struct error err;

    fake_provider(&provider);
    free(provider.introspection_endpoint);
    provider.introspection_endpoint = NULL;
    assert_null(introspect(&world->oidc, &provider, &client, token, &err));
    assert_error(&err, ERROR_PROTOCOL, FAKE_ISSUER " has no introspection endpoint");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_answer_is_handed_over),
        TEST(failures_are_no_answers),
        TEST(an_answer_that_does_not_say_active_is_none),
        TEST(a_provider_that_cannot_introspect_is_named),
    };

    return cmocka_run_group_tests_name("introspect", tests, NULL, NULL);
}
