#include "fake.h"

#include "oidc/revoke.h"

static bool revoke(struct fake_world *world, const struct secret *app_secret, const char *endpoint,
                   struct error *err)
{
    _cleanup_secret_ struct secret *token = secret_from_text("refresh-1");
    _cleanup_provider_ struct provider provider = {0};
    struct client client = {FAKE_APP, app_secret};

    fake_provider(&provider);
    free(provider.revocation_endpoint);
    provider.revocation_endpoint = memory_duplicate(endpoint);
    return revoke_refresh_token(&world->oidc, &provider, &client, token, err);
}

static void the_refresh_token_is_named_as_one(void **state)
{
    struct fake_world *world = *state;
    struct error err;

    fake_expect(&world->http, FAKE_REVOCATION, 200, NULL);
    assert_true(revoke(world, NULL, FAKE_REVOCATION, &err));
    assert_form(&world->http, 0, "token", "refresh-1");
    assert_form(&world->http, 0, "token_type_hint", "refresh_token");
    assert_form(&world->http, 0, "client_id", FAKE_APP);
}

static void a_confidential_app_authenticates(void **state)
{
    struct fake_world *world = *state;
    _cleanup_secret_ struct secret *app_secret = secret_from_text("s3cret");
    struct error err;

    fake_expect(&world->http, FAKE_REVOCATION, 200, NULL);
    assert_true(revoke(world, app_secret, FAKE_REVOCATION, &err));
    assert_string_equal(world->http.requests[0].basic, FAKE_APP ":s3cret");
    assert_form(&world->http, 0, "client_id", NULL);
}

static void anything_but_200_is_a_failure(void **state)
{
    struct fake_world *world = *state;
    struct error err;

    fake_expect(&world->http, FAKE_REVOCATION, 400, "{\"error\":\"unsupported_token_type\"}");
    assert_false(revoke(world, NULL, FAKE_REVOCATION, &err));
    assert_error(&err, ERROR_PROTOCOL, "revoking the session: \"unsupported_token_type\"");
    fake_expect(&world->http, FAKE_REVOCATION, 503, NULL);
    assert_false(revoke(world, NULL, FAKE_REVOCATION, &err));
    assert_error(&err, ERROR_NETWORK, "revoking the session");
    fake_expect_failure(&world->http, FAKE_REVOCATION, ERROR_NETWORK, true);
    assert_false(revoke(world, NULL, FAKE_REVOCATION, &err));
    assert_int_equal(err.code, ERROR_NETWORK);
    assert_all_asked(&world->http); /* none was repeated */
}

static void a_provider_that_cannot_revoke_is_named(void **state)
{
    struct error err;

    assert_false(revoke(*state, NULL, NULL, &err));
    assert_error(&err, ERROR_PROTOCOL, FAKE_ISSUER " has no revocation endpoint");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_refresh_token_is_named_as_one),
        TEST(a_confidential_app_authenticates),
        TEST(anything_but_200_is_a_failure),
        TEST(a_provider_that_cannot_revoke_is_named),
    };

    return cmocka_run_group_tests_name("revoke", tests, NULL, NULL);
}
