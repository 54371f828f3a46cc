/* RFC 9126, and the authorization endpoint asked without a browser. */
#include "fake.h"

#include "oidc/authorize_probe.h"
#include "oidc/par.h"

#define REDIRECT_URI "http://localhost:3000/callback"
#define AUTH FAKE_ISSUER "/auth?x=1"

struct
try {
    struct pushed_request pushed;
    struct oauth_error refusal;
    struct error err;
};

static enum par_result push(struct fake_world *world, const struct client *client, bool advertised,
                            struct try *try)
{
    _cleanup_provider_ struct provider provider = {0};
    _cleanup_buffer_ struct buffer parameters = BUFFER(1024);

    *try = (struct try){.refusal = {.kind = OAUTH_NO_RESPONSE}};
    fake_provider(&provider);
    if (advertised)
        provider.pushed_authorization_request_endpoint = memory_duplicate(FAKE_PAR);
    assert_true(form_append(&parameters, "state", "s t", NULL));
    return par_push(&world->oidc, &provider, client, &parameters, &try->pushed, &try->refusal, &try->err);
}

static void the_parameters_are_pushed_with_the_client(void **state)
{
    struct fake_world *world = *state;
    _cleanup_secret_ struct secret *secret = secret_from_text("s3cret");
    struct client public_client = {FAKE_APP, NULL}, confidential = {FAKE_APP, secret};
    struct try try;

    for (size_t i = 0; i < 2; i++) {
        fake_expect(&world->http, FAKE_PAR, 201, "{\"expires_in\":60,\"request_uri\":\"urn:x:1\"}");
        assert_int_equal(push(world, i ? &confidential : &public_client, true, &try), PAR_ACCEPTED);
        assert_string_equal(try.pushed.request_uri, "urn:x:1");
        assert_int_equal(try.pushed.expires_in, 60);
        assert_form(&world->http, i, "state", "s t");
        assert_form(&world->http, i, "client_id", FAKE_APP);
        pushed_request_release(&try.pushed);
    }
    assert_null(world->http.requests[0].basic);
    assert_string_equal(world->http.requests[1].basic, FAKE_APP ":s3cret");
}

static void what_an_answer_means(void **state)
{
    static const struct {
        int status;
        const char *body;
        enum par_result result;
        enum error_code code;
    } cases[] = {
        {404, "{}", PAR_UNAVAILABLE, ERROR_PROTOCOL},
        {405, NULL, PAR_UNAVAILABLE, ERROR_PROTOCOL},
        {500, NULL, PAR_UNAVAILABLE, ERROR_NETWORK},
        {503, NULL, PAR_UNAVAILABLE, ERROR_NETWORK},
        {429, NULL, PAR_FAILED, ERROR_RATE_LIMITED},
        {302, NULL, PAR_FAILED, ERROR_PROTOCOL},
        {400, "{\"error\":\"invalid_target\"}", PAR_FAILED, ERROR_NOT_GRANTED},
        {201, "nonsense", PAR_FAILED, ERROR_PROTOCOL},
        {201, "{\"request_uri\":\"urn:x\"}", PAR_FAILED, ERROR_PROTOCOL},
        {201, "{\"request_uri\":\"urn:x\",\"expires_in\":0}", PAR_FAILED, ERROR_PROTOCOL},
        {201, "{\"request_uri\":\"a b\",\"expires_in\":60}", PAR_FAILED, ERROR_PROTOCOL},
        {201, "{\"expires_in\":60}", PAR_FAILED, ERROR_PROTOCOL},
    };
    struct fake_world *world = *state;
    struct client client = {FAKE_APP, NULL};
    struct try try;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        fake_expect(&world->http, FAKE_PAR, cases[i].status, cases[i].body);
        assert_int_equal(push(world, &client, true, &try), cases[i].result);
        assert_error(&try.err, cases[i].code, "checking the authorization request");
        assert_null(try.pushed.request_uri);
    }
    fake_expect_failure(&world->http, FAKE_PAR, ERROR_NETWORK, false);
    assert_int_equal(push(world, &client, true, &try), PAR_FAILED);
    assert_int_equal(try.err.code, ERROR_NETWORK);
    assert_int_equal(push(world, &client, false, &try), PAR_UNAVAILABLE);
    assert_all_asked(&world->http);
}

static void the_url_names_the_request_and_nothing_else(void **state)
{
    _cleanup_provider_ struct provider provider = {0};
    _cleanup_buffer_ struct buffer url = BUFFER(1024);

    (void)state;
    fake_provider(&provider);
    assert_true(par_url(&provider, FAKE_APP, "urn:x:1", &url, NULL));
    assert_string_equal(buffer_text(&url),
                        FAKE_ISSUER "/auth?client_id=" FAKE_APP "&request_uri=urn%3Ax%3A1");
}

static void only_a_refusal_is_one(void **state)
{
    static const struct {
        int status;
        const char *body, *location;
        const char *error; /* NULL: not refused */
    } cases[] = {
        {400, "{\"error\":\"invalid_redirect_uri\"}", "", "invalid_redirect_uri"},
        {401, "{\"error\":\"invalid_client\"}", "", "invalid_client"},
        {303, NULL, REDIRECT_URI "?error=invalid_target&error_description=unknown+API", "invalid_target"},
        {303, NULL, "/sign-in?app_id=x", NULL},
        {303, NULL, "https://other.example/callback?error=invalid_target", NULL},
        {303, NULL, REDIRECT_URI "?code=x", NULL},
        {303, NULL, REDIRECT_URI "x?error=invalid_target", NULL},
        {303, NULL, REDIRECT_URI, NULL},
        {200, "<html>", "", NULL},
        {400, "<html>", "", NULL},
        {404, "{\"error\":\"invalid_request\"}", "", NULL},
        {500, "{\"error\":\"invalid_client\"}", "", NULL},
    };
    struct fake_world *world = *state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct oauth_error refusal = {.kind = OAUTH_NO_RESPONSE};

        fake_expect(&world->http, AUTH, cases[i].status, cases[i].body)->location = cases[i].location;
        assert_int_equal(authorize_probe(&world->oidc, AUTH, REDIRECT_URI, &refusal), cases[i].error == NULL);
        assert_string_equal(refusal.error, cases[i].error ? cases[i].error : "");
        assert_int_equal(refusal.kind == OAUTH_NO_RESPONSE, cases[i].error == NULL);
        if (cases[i].status == 303 && cases[i].error)
            assert_string_equal(refusal.description, "unknown API");
    }
    fake_expect_failure(&world->http, AUTH, ERROR_NETWORK, false);
    assert_true(authorize_probe(&world->oidc, AUTH, REDIRECT_URI, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_parameters_are_pushed_with_the_client, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(what_an_answer_means, fake_setup, fake_teardown),
        cmocka_unit_test(the_url_names_the_request_and_nothing_else),
        cmocka_unit_test_setup_teardown(only_a_refusal_is_one, fake_setup, fake_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
