#include "fake.h"

#include "oidc/userinfo.h"

static struct json *ask(struct fake_world *world, struct error *err)
{
    _cleanup_secret_ struct secret *access_token = secret_from_text("access-1");
    _cleanup_provider_ struct provider provider = {0};

    fake_provider(&provider);
    return userinfo_fetch(&world->oidc, &provider, access_token, FAKE_SUBJECT, err);
}

static void expect_failure(struct fake_world *world, enum error_code code, const char *part)
{
    struct error err = {.message = ""};

    assert_null(ask(world, &err));
    assert_error(&err, code, part);
}

static void the_claims_are_asked_for_with_the_token(void **state)
{
    struct fake_world *world = *state;
    _cleanup_json_ struct json *claims = NULL;
    struct error err;

    fake_expect(&world->http, FAKE_USERINFO, 200,
                "{\"sub\":\"" FAKE_SUBJECT "\",\"name\":\"Zoë\",\"picture\":null}");
    claims = ask(world, &err);
    assert_non_null(claims);
    assert_string_equal(json_string(claims, "name"), "Zoë");
    assert_string_equal(world->http.requests[0].bearer, "access-1");
    assert_null(world->http.requests[0].form);
}

static void somebody_elses_claims_are_refused(void **state)
{
    static const char *const bodies[] = {"{\"sub\":\"user2\"}", "{\"name\":\"Zoë\"}", "{\"sub\":1}", "[]",
                                         "null"};
    struct fake_world *world = *state;

    for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
        fake_expect(&world->http, FAKE_USERINFO, 200, bodies[i]);
        expect_failure(world, ERROR_PROTOCOL, "another user");
    }
}

static void a_refused_token_means_that_the_session_ended(void **state)
{
    struct fake_world *world = *state;

    fake_expect(&world->http, FAKE_USERINFO, 401, "{\"error\":\"invalid_token\"}");
    expect_failure(world, ERROR_SESSION_ENDED, "fetching the user's claims");
}

static void other_failures_do_not(void **state)
{
    struct fake_world *world = *state;

    fake_expect(&world->http, FAKE_USERINFO, 403, "{\"error\":\"insufficient_scope\"}");
    expect_failure(world, ERROR_NOT_GRANTED, "insufficient_scope");
    fake_expect(&world->http, FAKE_USERINFO, 503, NULL);
    expect_failure(world, ERROR_NETWORK, "fetching the user's claims");
    fake_expect(&world->http, FAKE_USERINFO, 429, NULL);
    expect_failure(world, ERROR_RATE_LIMITED, "fetching the user's claims");
    fake_expect_failure(&world->http, FAKE_USERINFO, ERROR_TLS, false);
    expect_failure(world, ERROR_TLS, "fake network");
    fake_expect(&world->http, FAKE_USERINFO, 200, "<html>");
    expect_failure(world, ERROR_PROTOCOL, "fetching the user's claims");
}

static void a_provider_without_userinfo_is_named(void **state)
{
    struct fake_world *world = *state;
    _cleanup_secret_ struct secret *access_token = secret_from_text("access-1");
    _cleanup_provider_ struct provider provider = {0};
    struct error err;

    fake_provider(&provider);
    free(provider.userinfo_endpoint);
    provider.userinfo_endpoint = NULL;
    assert_null(userinfo_fetch(&world->oidc, &provider, access_token, FAKE_SUBJECT, &err));
    assert_error(&err, ERROR_PROTOCOL, FAKE_ISSUER);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_claims_are_asked_for_with_the_token),      TEST(somebody_elses_claims_are_refused),
        TEST(a_refused_token_means_that_the_session_ended), TEST(other_failures_do_not),
        TEST(a_provider_without_userinfo_is_named),
    };

    return cmocka_run_group_tests_name("userinfo", tests, NULL, NULL);
}
