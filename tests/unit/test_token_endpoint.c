#include "fake.h"

#include "oidc/token_endpoint.h"

static const struct client public_client = {FAKE_APP, NULL};

struct
try {
    struct token_response response;
    struct token_failure failure;
    struct error err;
};

/* Sends "grant_type=x" as `client`. */
static bool request(struct fake_world *world, const struct client *client, struct try *try)
{
    _cleanup_buffer_ struct buffer form = BUFFER(TOKEN_FORM_MAXIMUM);
    _cleanup_provider_ struct provider provider = {0};

    *try = (struct try){.response = TOKEN_RESPONSE_EMPTY, .failure = {.lost = false}};
    fake_provider(&provider);
    assert_true(form_append(&form, "grant_type", "x", &try->err));
    return token_endpoint_request(&world->oidc, &provider, client, "asking", &form, &try->response,
                                  &try->failure, &try->err);
}

static void all_that_is_given_is_read(void **state)
{
    struct fake_world *world = *state;
    struct try try;

    fake_expect(
        &world->http, FAKE_TOKEN, 200,
        "{\"access_token\":\"a\",\"refresh_token\":\"r\",\"id_token\":\"i\",\"token_type\":\"Bearer\","
        "\"scope\":\"openid profile\",\"expires_in\":3600}");
    assert_true(request(world, &public_client, &try));
    assert_string_equal(secret_text(try.response.access_token), "a");
    assert_string_equal(secret_text(try.response.refresh_token), "r");
    assert_string_equal(secret_text(try.response.id_token), "i");
    assert_string_equal(try.response.scope, "openid profile");
    assert_int_equal(try.response.expires_in, 3600);
    token_response_release(&try.response);
    assert_null(try.response.access_token);
    assert_string_equal(world->http.requests[0].url, FAKE_TOKEN);
}

static void only_the_access_token_must_be_there(void **state)
{
    struct fake_world *world = *state;
    struct try try;

    fake_expect(&world->http, FAKE_TOKEN, 200,
                "{\"access_token\":\"a\",\"token_type\":\"bearer\",\"id_token\":\"\"}");
    assert_true(request(world, &public_client, &try)); /* the type in any case, RFC 6749, 5.1 */
    assert_null(try.response.refresh_token);
    assert_null(try.response.id_token);
    assert_null(try.response.scope);
    assert_int_equal(try.response.expires_in, 0);
    token_response_release(&try.response);
}

static void strange_lifetimes_count_as_not_said(void **state)
{
    static const char *const values[] = {"-5", "\"3600\"", "1.5", "1e300", "null"};
    struct fake_world *world = *state;
    struct try try;

    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        _cleanup_free_ char *body = memory_format(
            "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":%s}", values[i]);

        fake_expect(&world->http, FAKE_TOKEN, 200, body);
        assert_true(request(world, &public_client, &try));
        assert_int_equal(try.response.expires_in, 0);
        token_response_release(&try.response);
    }
}

static void answers_without_a_bearer_token_are_refused(void **state)
{
    static const struct {
        const char *body, *part;
    } cases[] = {
        {"{\"token_type\":\"Bearer\"}", "no access_token"},
        {"{\"access_token\":\"\",\"token_type\":\"Bearer\"}", "no access_token"},
        {"{\"access_token\":5,\"token_type\":\"Bearer\"}", "malformed access_token"},
        {"{\"access_token\":\"a\\r\\nX: y\",\"token_type\":\"Bearer\"}", "malformed access_token"},
        {"{\"access_token\":\"a b\",\"token_type\":\"Bearer\"}", "malformed access_token"},
        {"{\"access_token\":\"\\u00e9\",\"token_type\":\"Bearer\"}", "malformed access_token"},
        {"{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"id_token\":\"\\u001b[2J\"}",
         "malformed id_token"},
        {"{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"id_token\":5}", "malformed id_token"},
        {"{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"refresh_token\":1}", "malformed refresh_token"},
        {"{\"access_token\":\"a\"}", "token_type (none)"},
        {"{\"access_token\":\"a\",\"token_type\":\"DPoP\"}", "token_type DPoP"},
        {"[]", "no access_token"},
    };
    struct fake_world *world = *state;
    struct try try;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        fake_expect(&world->http, FAKE_TOKEN, 200, cases[i].body);
        assert_false(request(world, &public_client, &try));
        assert_error(&try.err, ERROR_PROTOCOL, cases[i].part);
        assert_non_null(strstr(try.err.message, "asking: "));
        assert_null(try.response.access_token);
        assert_false(try.failure.lost); /* asking again would bring the same */
        assert_int_equal(try.failure.oauth.status, 0);
    }
}

static void other_successes_than_200_are_none(void **state)
{
    struct fake_world *world = *state;
    struct try try;

    fake_expect(&world->http, FAKE_TOKEN, 201, "{\"access_token\":\"a\",\"token_type\":\"Bearer\"}");
    assert_false(request(world, &public_client, &try));
    assert_error(&try.err, ERROR_PROTOCOL, "HTTP 201");
}

static void a_refusal_is_taken_apart(void **state)
{
    struct fake_world *world = *state;
    struct try try;

    fake_expect(&world->http, FAKE_TOKEN, 400, "{\"error\":\"invalid_grant\",\"error_description\":\"no\"}");
    assert_false(request(world, &public_client, &try));
    assert_error(&try.err, ERROR_SESSION_ENDED, "asking: invalid_grant: \"no\"");
    assert_int_equal(try.failure.oauth.status, 400);
    assert_string_equal(try.failure.oauth.error, "invalid_grant");
    assert_false(try.failure.lost);
}

static void a_response_that_cannot_be_read_is_lost(void **state)
{
    static const char *const bodies[] = {
        "", "<html>", "{\"access_token\":\"a\",\"refresh_tok",
        "{\"access_token\":\"a\",\"access_token\":\"b\",\"token_type\":\"Bearer\"}"};
    struct fake_world *world = *state;
    struct try try;

    for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
        fake_expect(&world->http, FAKE_TOKEN, 200, bodies[i]);
        assert_false(request(world, &public_client, &try));
        assert_error(&try.err, ERROR_PROTOCOL, "asking: ");
        assert_true(try.failure.lost);
    }
}

static void the_refresh_token_of_a_refused_response_is_kept(void **state)
{
    struct fake_world *world = *state;
    struct try try;

    fake_expect(&world->http, FAKE_TOKEN, 200,
                "{\"access_token\":\"a\\nb\",\"refresh_token\":\"r2\",\"token_type\":\"Bearer\"}");
    assert_false(request(world, &public_client, &try));
    assert_non_null(try.failure.refresh_token);
    assert_string_equal(secret_text(try.failure.refresh_token), "r2");
    token_failure_release(&try.failure);
    assert_null(try.failure.refresh_token);
}

static void an_empty_refresh_token_is_none(void **state)
{
    struct fake_world *world = *state;
    struct try try;

    fake_expect(&world->http, FAKE_TOKEN, 200,
                "{\"access_token\":\"a\",\"refresh_token\":\"\",\"token_type\":\"Bearer\"}");
    assert_true(request(world, &public_client, &try));
    assert_null(try.response.refresh_token);
    token_response_release(&try.response);
}

static void a_failure_tells_whether_the_response_was_lost(void **state)
{
    struct fake_world *world = *state;
    struct try try;

    fake_expect_failure(&world->http, FAKE_TOKEN, ERROR_NETWORK, true);
    assert_false(request(world, &public_client, &try));
    assert_error(&try.err, ERROR_NETWORK, "asking: the fake network failed");
    assert_true(try.failure.lost);
    assert_int_equal(try.failure.oauth.status, 0);
    fake_expect_failure(&world->http, FAKE_TOKEN, ERROR_NETWORK, false);
    assert_false(request(world, &public_client, &try));
    assert_false(try.failure.lost);
}

static void a_public_client_names_itself_in_the_form(void **state)
{
    struct fake_world *world = *state;
    struct try try;

    world->oidc.language = "de-CH";
    fake_expect_failure(&world->http, FAKE_TOKEN, ERROR_NETWORK, false);
    assert_false(request(world, &public_client, &try));
    assert_form(&world->http, 0, "client_id", FAKE_APP);
    assert_form(&world->http, 0, "grant_type", "x");
    assert_form(&world->http, 0, "client_secret", NULL);
    assert_null(world->http.requests[0].basic);
    assert_string_equal(world->http.requests[0].language, "de-CH");
    assert_int_equal(world->http.requests[0].maximum, OIDC_RESPONSE_MAXIMUM);
}

static void a_confidential_one_uses_basic_with_its_parts_encoded(void **state)
{
    struct fake_world *world = *state;
    _cleanup_secret_ struct secret *secret = secret_from_text("p:ss w%rd&ä");
    struct client client = {"app:1", secret};
    struct try try;

    fake_expect_failure(&world->http, FAKE_TOKEN, ERROR_NETWORK, false);
    assert_false(request(world, &client, &try));
    assert_string_equal(world->http.requests[0].basic, "app%3A1:p%3Ass%20w%25rd%26%C3%A4");
    assert_form(&world->http, 0, "client_id", NULL);
    assert_form(&world->http, 0, "client_secret", NULL);
}

static void a_provider_without_tokens_is_named(void **state)
{
    struct fake_world *world = *state;
    _cleanup_buffer_ struct buffer form = BUFFER(TOKEN_FORM_MAXIMUM);
    _cleanup_provider_ struct provider provider = {0};
    struct token_response response = TOKEN_RESPONSE_EMPTY;
    struct error err;

    fake_provider(&provider);
    free(provider.token_endpoint);
    provider.token_endpoint = NULL;
    assert_false(token_endpoint_request(&world->oidc, &provider, &public_client, "asking", &form, &response,
                                        NULL, &err));
    assert_error(&err, ERROR_PROTOCOL, "asking: " FAKE_ISSUER " has no token endpoint");
}

static void exchanging_a_code_sends_what_rfc_7636_wants(void **state)
{
    struct fake_world *world = *state;
    _cleanup_secret_ struct secret *code = secret_from_text("c&d+e");
    _cleanup_secret_ struct secret *verifier = secret_from_text("v");
    struct code_grant grant = {code, verifier, "http://localhost:3000/callback"};
    _cleanup_token_response_ struct token_response response = TOKEN_RESPONSE_EMPTY;
    _cleanup_provider_ struct provider provider = {0};
    struct error err;

    fake_provider(&provider);
    fake_expect(&world->http, FAKE_TOKEN, 200, "{\"access_token\":\"a\",\"token_type\":\"Bearer\"}");
    assert_true(
        token_endpoint_exchange_code(&world->oidc, &provider, &public_client, &grant, &response, NULL, &err));
    assert_form(&world->http, 0, "grant_type", "authorization_code");
    assert_form(&world->http, 0, "code", "c&d+e");
    assert_form(&world->http, 0, "code_verifier", "v");
    assert_form(&world->http, 0, "redirect_uri", "http://localhost:3000/callback");
    assert_form(&world->http, 0, "client_id", FAKE_APP);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_that_is_given_is_read),
        TEST(only_the_access_token_must_be_there),
        TEST(strange_lifetimes_count_as_not_said),
        TEST(answers_without_a_bearer_token_are_refused),
        TEST(other_successes_than_200_are_none),
        TEST(a_refusal_is_taken_apart),
        TEST(a_response_that_cannot_be_read_is_lost),
        TEST(the_refresh_token_of_a_refused_response_is_kept),
        TEST(an_empty_refresh_token_is_none),
        TEST(a_failure_tells_whether_the_response_was_lost),
        TEST(a_public_client_names_itself_in_the_form),
        TEST(a_confidential_one_uses_basic_with_its_parts_encoded),
        TEST(a_provider_without_tokens_is_named),
        TEST(exchanging_a_code_sends_what_rfc_7636_wants),
    };

    return cmocka_run_group_tests_name("token_endpoint", tests, NULL, NULL);
}
