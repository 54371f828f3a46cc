/* RFC 8628: the device authorization request, and one poll. */
#include "fake.h"

#include "oidc/device.h"

#define ANSWER(more)                                                                                         \
    "{\"device_code\":\"dc-1\",\"user_code\":\"HVWT-FPPJ\",\"verification_uri\":\"https://tenant.example/"   \
    "device\","                                                                                              \
    "\"expires_in\":600" more "}"

/* A request for a code with one scope and one API. */
static bool ask(struct fake_world *world, struct device_authorization *out, struct oauth_error *refusal,
                struct error *err)
{
    _cleanup_provider_ struct provider provider = {0};
    _cleanup_list_ struct list scopes = LIST_EMPTY, resources = LIST_EMPTY;
    struct authorization_request request = {.client_id = FAKE_APP,
                                            .redirect_uri = "http://localhost:3000/callback",
                                            .scopes = &scopes,
                                            .resources = &resources,
                                            .prompt = "consent",
                                            .ui_locales = "de-CH",
                                            .login_hint = "zoe@example.com"};

    fake_provider(&provider);
    list_add_words(&scopes, "openid offline_access");
    list_add(&resources, FAKE_API);
    *refusal = (struct oauth_error){.kind = OAUTH_NO_RESPONSE};
    return device_authorize(&world->oidc, &provider, &request, out, refusal, err);
}

static void the_request_has_what_belongs_to_this_flow(void **state)
{
    struct fake_world *world = *state;
    _cleanup_device_authorization_ struct device_authorization answer = {0};
    struct oauth_error refusal;
    struct error err;

    fake_expect(
        &world->http, FAKE_DEVICE, 200,
        ANSWER(
            ",\"interval\":7,\"verification_uri_complete\":\"https://tenant.example/device?user_code=H\""));
    assert_true(ask(world, &answer, &refusal, &err));
    assert_form(&world->http, 0, "client_id", FAKE_APP);
    assert_form(&world->http, 0, "scope", "openid offline_access");
    assert_form(&world->http, 0, "resource", FAKE_API);
    assert_form(&world->http, 0, "ui_locales", "de-CH");
    assert_form(&world->http, 0, "login_hint", "zoe@example.com");
    assert_form(&world->http, 0, "prompt", NULL);
    assert_form(&world->http, 0, "redirect_uri", NULL);
    assert_string_equal(secret_text(answer.device_code), "dc-1");
    assert_string_equal(answer.user_code, "HVWT-FPPJ");
    assert_string_equal(answer.verification_uri, "https://tenant.example/device");
    assert_string_equal(answer.complete_uri, "https://tenant.example/device?user_code=H");
    assert_int_equal(answer.expires_in, 600);
    assert_int_equal(answer.interval, 7);
}

static void without_an_interval_it_is_five_seconds(void **state)
{
    static const struct {
        const char *more;
        int64_t interval;
    } cases[] = {
        {ANSWER(""), 5},
        {ANSWER(",\"interval\":0"), 5},
        {ANSWER(",\"interval\":\"9\""), 5},
        {ANSWER(",\"interval\":100000"), 300},
    };
    struct fake_world *world = *state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_device_authorization_ struct device_authorization answer = {0};
        struct oauth_error refusal;
        struct error err;

        fake_expect(&world->http, FAKE_DEVICE, 200, cases[i].more);
        assert_true(ask(world, &answer, &refusal, &err));
        assert_int_equal(answer.interval, cases[i].interval);
        assert_null(answer.complete_uri);
    }
}

static void answers_that_nobody_can_use_are_refused(void **state)
{
    static const struct {
        const char *body, *part;
    } cases[] = {
        {"nonsense", "line 1"},
        {"[]", "device_code"},
        {"{\"device_code\":\"a b\"}", "device_code"},
        {"{\"device_code\":\"d\",\"user_code\":\"\"}", "user_code"},
        {"{\"device_code\":\"d\",\"user_code\":\"A\\u001b[2J\"}", "user_code"},
        {"{\"device_code\":\"d\",\"user_code\":\"A\",\"verification_uri\":\"javascript:alert(1)\"}",
         "verification_uri"},
        {"{\"device_code\":\"d\",\"user_code\":\"A\",\"verification_uri\":\"http://other.example/device\"}",
         "verification_uri"},
        {"{\"device_code\":\"d\",\"user_code\":\"A\",\"verification_uri\":\"https://t.example/device\"}",
         "expires_in"},
        {"{\"device_code\":\"d\",\"user_code\":\"A\",\"verification_uri\":\"https://t.example/"
         "d\",\"expires_in\":0}",
         "expires_in"},
    };
    struct fake_world *world = *state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct device_authorization answer = {0};
        struct oauth_error refusal;
        struct error err;

        fake_expect(&world->http, FAKE_DEVICE, 200, cases[i].body);
        assert_false(ask(world, &answer, &refusal, &err));
        assert_error(&err, ERROR_PROTOCOL, cases[i].part);
        assert_null(answer.device_code);
    }
}

static void a_refusal_is_handed_over(void **state)
{
    struct fake_world *world = *state;
    struct device_authorization answer = {0};
    struct oauth_error refusal;
    struct error err;

    fake_expect(&world->http, FAKE_DEVICE, 400, "{\"error\":\"invalid_client\"}");
    assert_false(ask(world, &answer, &refusal, &err));
    assert_int_equal(refusal.kind, OAUTH_INVALID_CLIENT);
    assert_error(&err, ERROR_CONFIG, "invalid_client");
}

static void a_provider_without_the_flow_is_asked_nothing(void **state)
{
    struct fake_world *world = *state;
    struct provider provider = {.issuer = (char *)(uintptr_t)FAKE_ISSUER};
    struct authorization_request request = {.client_id = FAKE_APP};
    struct device_authorization answer = {0};
    struct oauth_error refusal = {0};
    struct error err;

    assert_false(device_authorize(&world->oidc, &provider, &request, &answer, &refusal, &err));
    assert_error(&err, ERROR_CONFIG, "does not offer the device flow");
}

static enum device_answer poll_with(struct fake_world *world, struct token_response *tokens,
                                    struct error *err)
{
    _cleanup_provider_ struct provider provider = {0};
    _cleanup_secret_ struct secret *code = secret_from_text("dc-1");
    _cleanup_token_failure_ struct token_failure failure = {.lost = false};

    fake_provider(&provider);
    return device_poll(&world->oidc, &provider, FAKE_APP, code, tokens, &failure, err);
}

static void what_a_poll_brings(void **state)
{
    static const struct {
        int status;
        const char *body;
        enum device_answer answer;
    } cases[] = {
        {400, "{\"error\":\"authorization_pending\"}", DEVICE_PENDING},
        {400, "{\"error\":\"slow_down\"}", DEVICE_SLOW_DOWN},
        {429, NULL, DEVICE_SLOW_DOWN},
        {503, "{\"error\":\"access_denied\"}", DEVICE_UNREACHABLE},
        {400, "{\"error\":\"access_denied\"}", DEVICE_REFUSED},
        {400, "{\"error\":\"expired_token\"}", DEVICE_REFUSED},
        {400, "{\"error\":\"invalid_grant\"}", DEVICE_REFUSED},
        {302, NULL, DEVICE_REFUSED},
        {200, "{\"access_token\":\"a\"", DEVICE_REFUSED}, /* it was redeemed, and must not be again */
        {200, "{\"access_token\":\"a\",\"token_type\":\"Bearer\"}", DEVICE_TOKENS},
    };
    struct fake_world *world = *state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_token_response_ struct token_response tokens = TOKEN_RESPONSE_EMPTY;
        struct error err;

        fake_expect(&world->http, FAKE_TOKEN, cases[i].status, cases[i].body);
        assert_int_equal(poll_with(world, &tokens, &err), cases[i].answer);
        assert_int_equal(tokens.access_token != NULL, cases[i].answer == DEVICE_TOKENS);
        assert_form(&world->http, i, "grant_type", "urn:ietf:params:oauth:grant-type:device_code");
        assert_form(&world->http, i, "device_code", "dc-1");
        assert_form(&world->http, i, "client_id", FAKE_APP);
    }
}

static void only_the_network_is_worth_another_try(void **state)
{
    struct fake_world *world = *state;
    _cleanup_token_response_ struct token_response tokens = TOKEN_RESPONSE_EMPTY;
    struct error err;

    fake_expect_failure(&world->http, FAKE_TOKEN, ERROR_NETWORK, true);
    assert_int_equal(poll_with(world, &tokens, &err), DEVICE_UNREACHABLE);
    fake_expect_failure(&world->http, FAKE_TOKEN, ERROR_TLS, false);
    assert_int_equal(poll_with(world, &tokens, &err), DEVICE_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_request_has_what_belongs_to_this_flow, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(without_an_interval_it_is_five_seconds, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(answers_that_nobody_can_use_are_refused, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(a_refusal_is_handed_over, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(a_provider_without_the_flow_is_asked_nothing, fake_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(what_a_poll_brings, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(only_the_network_is_worth_another_try, fake_setup, fake_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
