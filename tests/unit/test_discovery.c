#include "fake.h"

#include "oidc/cache.h"
#include "oidc/discovery.h"

/* The usual document with `name` set to `value` (NULL: taken out); to be freed. */
static char *document_with(const char *name, const char *value)
{
    _cleanup_free_ char *usual = fake_discovery_document();
    struct error err;
    _cleanup_json_ struct json *document = json_parse(usual, strlen(usual), &err);

    if (value)
        json_set_string(document, name, value);
    else
        json_remove(document, name);
    return json_print(document, false);
}

static void expect_document(struct fake_world *world, const char *name, const char *value)
{
    _cleanup_free_ char *text = document_with(name, value);

    fake_expect(&world->http, FAKE_DISCOVERY, 200, text);
}

static void expect_refusal(struct fake_world *world, const char *issuer, const char *part)
{
    _cleanup_free_ char *url = memory_format("%s/.well-known/openid-configuration", issuer);
    struct provider provider = {.issuer = NULL};
    struct cache_entry entry = {0};
    struct error err = {.message = ""};

    assert_false(discovery_load(&world->oidc, issuer, &provider, &err));
    assert_error(&err, ERROR_PROTOCOL, part);
    assert_null(provider.issuer);
    assert_null(provider.token_endpoint);
    assert_false(cache_read(issuer, "discovery", url, &entry)); /* or a server fixed since looks broken */
}

static void all_endpoints_are_read(void **state)
{
    struct fake_world *world = *state;
    _cleanup_provider_ struct provider provider = {0};
    _cleanup_free_ char *text = fake_discovery_document();
    struct error err = {.message = ""};

    fake_expect(&world->http, FAKE_DISCOVERY, 200, text);
    assert_true(discovery_load(&world->oidc, FAKE_ISSUER, &provider, &err));
    assert_string_equal(provider.issuer, FAKE_ISSUER);
    assert_string_equal(provider.authorization_endpoint, FAKE_ISSUER "/auth");
    assert_string_equal(provider.token_endpoint, FAKE_TOKEN);
    assert_string_equal(provider.jwks_uri, FAKE_KEYS);
    assert_string_equal(provider.userinfo_endpoint, FAKE_USERINFO);
    assert_string_equal(provider.revocation_endpoint, FAKE_REVOCATION);
    assert_string_equal(provider.introspection_endpoint, FAKE_INTROSPECTION);
    assert_string_equal(provider.end_session_endpoint, FAKE_ISSUER "/session/end");
    assert_string_equal(provider.device_authorization_endpoint, FAKE_DEVICE);
    assert_true(provider.iss_parameter);
    provider_release(&provider);
    assert_true(discovery_load(&world->oidc, FAKE_ISSUER, &provider, &err)); /* from the cache */
    assert_all_asked(&world->http);
}

static void the_issuer_must_match_to_the_letter(void **state)
{
    static const char *const issuers[] = {"https://evil.example/oidc",   (FAKE_ISSUER "/"),
                                          "https://TENANT.example/oidc", "https://tenant.example:443/oidc",
                                          "https://tenant.example",      ""};

    for (size_t i = 0; i < ARRAY_SIZE(issuers); i++) {
        expect_document(*state, "issuer", issuers[i]);
        expect_refusal(*state, FAKE_ISSUER, "unexpected issuer");
    }
    expect_document(*state, "issuer", NULL);
    expect_refusal(*state, FAKE_ISSUER, "has no issuer");
}

static void where_the_keys_are_must_be_said(void **state)
{
    expect_document(*state, "jwks_uri", NULL);
    expect_refusal(*state, FAKE_ISSUER, "jwks_uri");
}

static void the_rest_may_be_missing(void **state)
{
    struct fake_world *world = *state;
    _cleanup_provider_ struct provider provider = {0};
    struct error err;

    fake_expect(&world->http, FAKE_DISCOVERY, 200,
                "{\"issuer\":\"" FAKE_ISSUER "\",\"jwks_uri\":\"https://c.example/k?tenant=1\","
                "\"userinfo_endpoint\":null,\"revocation_endpoint\":5}");
    assert_true(discovery_load(&world->oidc, FAKE_ISSUER, &provider, &err));
    assert_string_equal(provider.jwks_uri, "https://c.example/k?tenant=1");
    assert_null(provider.authorization_endpoint);
    assert_null(provider.token_endpoint);
    assert_null(provider.userinfo_endpoint);
    assert_null(provider.revocation_endpoint);
    assert_false(provider.iss_parameter);
}

static void expect_no_sign_in(struct fake_world *world, const char *missing)
{
    _cleanup_provider_ struct provider provider = {0};
    struct cache_entry entry = {0};
    struct error err = {.message = ""};

    expect_document(world, missing, NULL);
    assert_false(discovery_load_for_sign_in(&world->oidc, FAKE_ISSUER, &provider, &err));
    assert_error(&err, ERROR_PROTOCOL, missing);
    assert_false(cache_read(FAKE_ISSUER, "discovery", FAKE_DISCOVERY, &entry));
}

static void nobody_signs_in_without_two_endpoints(void **state)
{
    expect_no_sign_in(*state, "authorization_endpoint");
    expect_no_sign_in(*state, "token_endpoint");
}

static void endpoints_in_the_clear_are_refused_for_a_secure_issuer(void **state)
{
    static const char *const names[] = {"token_endpoint",
                                        "jwks_uri",
                                        "userinfo_endpoint",
                                        "revocation_endpoint",
                                        "introspection_endpoint",
                                        "end_session_endpoint",
                                        "device_authorization_endpoint"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        expect_document(*state, names[i], "http://tenant.example/oidc/x");
        expect_refusal(*state, FAKE_ISSUER, "must use https");
        expect_document(*state, names[i], "http://localhost/oidc/x");
        expect_refusal(*state, FAKE_ISSUER, names[i]);
    }
}

static void endpoints_that_are_no_urls_are_refused(void **state)
{
    static const char *const urls[] = {"/token",
                                       "javascript:alert(1)",
                                       "https://user@tenant.example/t",
                                       "file:///etc",
                                       "https://tenant.example/t#x",
                                       "https://tenant.example/ t",
                                       ""};

    for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
        expect_document(*state, "token_endpoint", urls[i]);
        expect_refusal(*state, FAKE_ISSUER, "the discovery document's token_endpoint");
    }
}

static void a_local_issuer_may_name_its_own_host_in_the_clear(void **state)
{
    struct fake_world *world = *state;
    _cleanup_provider_ struct provider provider = {0};
    struct error err = {.message = ""};

    fake_expect(
        &world->http, "http://localhost:3001/oidc/.well-known/openid-configuration", 200,
        "{\"issuer\":\"http://localhost:3001/oidc\",\"authorization_endpoint\":\"http://localhost:3001/a\","
        "\"token_endpoint\":\"http://localhost:3009/t\",\"jwks_uri\":\"https://keys.example/k\"}");
    if (!discovery_load(&world->oidc, "http://localhost:3001/oidc", &provider, &err))
        fail_msg("%s", err.message);
    fake_expect(
        &world->http, "http://localhost:3002/oidc/.well-known/openid-configuration", 200,
        "{\"issuer\":\"http://localhost:3002/oidc\",\"authorization_endpoint\":\"http://localhost:3002/a\","
        "\"token_endpoint\":\"http://other.example/t\",\"jwks_uri\":\"https://keys.example/k\"}");
    expect_refusal(world, "http://localhost:3002/oidc", "token_endpoint must use https");
}

static void a_slash_at_the_issuers_end_is_not_doubled(void **state)
{
    struct fake_world *world = *state;
    _cleanup_provider_ struct provider provider = {0};
    struct error err = {.message = ""};

    fake_expect(
        &world->http, "https://accounts.example/.well-known/openid-configuration", 200,
        "{\"issuer\":\"https://accounts.example/\",\"authorization_endpoint\":\"https://accounts.example/a\","
        "\"token_endpoint\":\"https://accounts.example/t\",\"jwks_uri\":\"https://accounts.example/k\"}");
    assert_true(discovery_load(&world->oidc, "https://accounts.example/", &provider, &err));
    assert_string_equal(provider.issuer, "https://accounts.example/");
}

static void failures_of_the_network_pass_through(void **state)
{
    struct fake_world *world = *state;
    struct provider provider = {.issuer = NULL};
    struct error err;

    fake_expect_failure(&world->http, FAKE_DISCOVERY, ERROR_NETWORK, false);
    assert_false(discovery_load(&world->oidc, FAKE_ISSUER, &provider, &err));
    assert_error(&err, ERROR_NETWORK, "reading the discovery document");
    fake_expect(&world->http, FAKE_DISCOVERY, 200, "[]");
    assert_false(discovery_load(&world->oidc, FAKE_ISSUER, &provider, &err));
    assert_int_equal(err.code, ERROR_PROTOCOL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_endpoints_are_read),
        TEST(the_issuer_must_match_to_the_letter),
        TEST(where_the_keys_are_must_be_said),
        TEST(the_rest_may_be_missing),
        TEST(nobody_signs_in_without_two_endpoints),
        TEST(endpoints_in_the_clear_are_refused_for_a_secure_issuer),
        TEST(endpoints_that_are_no_urls_are_refused),
        TEST(a_local_issuer_may_name_its_own_host_in_the_clear),
        TEST(a_slash_at_the_issuers_end_is_not_doubled),
        TEST(failures_of_the_network_pass_through),
    };

    return cmocka_run_group_tests_name("discovery", tests, NULL, NULL);
}
