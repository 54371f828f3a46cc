/* The sign-in experience, and whether it has a connector. */
#include "fake.h"

#include "session/connector.h"

#define FAKE_EXPERIENCE FAKE_ENDPOINT LOGTO_SIGN_IN_EXPERIENCE_PATH
#define GOOGLE "{\"id\":\"x1\",\"target\":\"google\"}"
#define GITHUB "{\"id\":\"x2\",\"target\":\"github\"}"

static void expect(struct fake_world *world, const char *social, const char *sso)
{
    _cleanup_free_ char *body = memory_format("{\"socialConnectors\":[%s],\"ssoConnectors\":[%s]}", social,
                                              sso);

    fake_expect(&world->http, FAKE_EXPERIENCE, 200, body)->etag = "\"e1\"";
}

static bool check(struct fake_world *world, const char *connector, bool required, bool *offered,
                  struct error *err)
{
    return connector_check(&world->interfaces, &world->profile, connector, required, offered, err);
}

static void assert_offered(struct fake_world *world, const char *connector, bool expected)
{
    bool offered = !expected;
    struct error err = {.message = ""};

    if (!check(world, connector, false, &offered, &err))
        fail_msg("%s", err.message);
    assert_int_equal(offered, expected);
}

static void social_ones_go_by_target_and_enterprise_ones_by_id(void **state)
{
    struct fake_world *world = *state;

    expect(world, GOOGLE, "{\"id\":\"okta1\",\"connectorName\":\"Okta\"}");
    assert_offered(world, "google", true);
    assert_offered(world, "sso:okta1", true);
    assert_all_asked(&world->http); /* once for both */
    for (size_t i = 0; i < 4; i++) {
        static const char *const others[] = {"Google", "x1", "okta1", "sso:Okta"};

        expect(world, GOOGLE, "{\"id\":\"okta1\",\"connectorName\":\"Okta\"}");
        assert_offered(world, others[i], false);
    }
}

static void a_missing_one_is_an_error_when_it_was_chosen(void **state)
{
    struct fake_world *world = *state;
    bool offered;
    struct error err;

    expect(world, GOOGLE "," GITHUB, "{\"id\":\"okta1\"}");
    assert_false(check(world, "facebook", true, &offered, &err));
    assert_error(&err, ERROR_CONFIG,
                 "the connector 'facebook' is not enabled at " FAKE_ENDPOINT
                 " (enabled: google, github, sso:okta1)");
    expect(world, "", "");
    assert_false(check(world, "facebook", true, &offered, &err));
    assert_error(&err, ERROR_CONFIG, "(enabled: none)");
}

static void one_that_was_just_enabled_is_found(void **state)
{
    struct fake_world *world = *state;

    expect(world, GITHUB, "");
    assert_offered(world, "github", true);
    expect(world, GITHUB "," GOOGLE, "");
    assert_offered(world, "google", true);
    assert_string_equal(world->http.requests[1].etag, "\"e1\"");
    fake_expect(&world->http, FAKE_EXPERIENCE, 304, NULL);
    assert_offered(world, "facebook", false);
    assert_all_asked(&world->http);
}

static void a_tenant_that_does_not_say_counts_as_having_it(void **state)
{
    struct fake_world *world = *state;

    fake_expect(&world->http, FAKE_EXPERIENCE, 404, "{}");
    assert_offered(world, "google", true);
    fake_expect_failure(&world->http, FAKE_EXPERIENCE, ERROR_NETWORK, false);
    assert_offered(world, "google", true);
    fake_expect(&world->http, FAKE_EXPERIENCE, 200, "{\"socialConnectors\":{}}");
    assert_offered(world, "google", true);
}

static void what_is_no_connector_is_passed_over(void **state)
{
    struct fake_world *world = *state;

    expect(world, "1,null,{\"target\":5},{\"target\":\"\"},[]," GOOGLE, "\"x\"");
    assert_offered(world, "google", true);
}

static void an_id_is_found_by_its_target(void **state)
{
    struct fake_world *world = *state;
    _cleanup_free_ char *id = NULL;
    char *none = NULL;
    struct error err;

    expect(world, "{\"target\":\"acme\"}," GITHUB "," GOOGLE ",{\"id\":\"x9\",\"target\":\"google\"}", "");
    assert_true(connector_find_id(&world->interfaces, &world->profile, "google", &id, NULL));
    assert_string_equal(id, "x1");
    assert_false(connector_find_id(&world->interfaces, &world->profile, "acme", &none, &err)); /* has none */
    assert_error(&err, ERROR_CONFIG, "does not list the connector 'acme'");
    assert_null(none);
    assert_all_asked(&world->http);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_id_is_found_by_its_target, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(social_ones_go_by_target_and_enterprise_ones_by_id, fake_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(a_missing_one_is_an_error_when_it_was_chosen, fake_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(one_that_was_just_enabled_is_found, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(a_tenant_that_does_not_say_counts_as_having_it, fake_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_connector_is_passed_over, fake_setup, fake_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
