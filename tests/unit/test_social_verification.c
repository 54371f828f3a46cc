#include "unit.h"

#include "logto/social_verification.h"

#include <stdlib.h>

#define REDIRECT "http://localhost:3000/callback"
#define REDIRECT_ENCODED "http%3A%2F%2Flocalhost%3A3000%2Fcallback"
#define GOOD "client_id=c&redirect_uri=" REDIRECT_ENCODED "&scope=openid%20drive&state=s-1"

struct scene {
    struct secret *state;
    struct list scopes;
    struct social_verification_request request;
};

static int set_up(void **state)
{
    struct scene *scene = calloc(1, sizeof(*scene));

    scene->state = secret_from_text("s-1");
    list_add_words(&scene->scopes, "openid drive");
    scene->request = (struct social_verification_request){"id1", REDIRECT, scene->state, &scene->scopes};
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;

    secret_free(&scene->state);
    list_release(&scene->scopes);
    free(scene);
    return 0;
}

static bool read_text(const struct scene *scene, const char *body, struct social_verification *out,
                      struct error *err)
{
    _cleanup_http_response_ struct http_response response = HTTP_RESPONSE_EMPTY;

    response.status = 201;
    response.body.maximum = 16384;
    assert_true(buffer_append_text(&response.body, body, NULL));
    return social_verification_read(&response, &scene->request, out, err);
}

static bool read_url(const struct scene *scene, const char *url, struct social_verification *out,
                     struct error *err)
{
    _cleanup_free_ char *body = memory_format("{\"verificationRecordId\":\"r1\",\"authorizationUri\":\"%s\"}",
                                              url);

    return read_text(scene, body, out, err);
}

static void requests_are_json(void **state)
{
    const struct scene *scene = *state;
    _cleanup_secret_ struct secret *code = secret_from_text("4/0A\"");
    _cleanup_buffer_ struct buffer begin = BUFFER(4096), prove = BUFFER(4096), use = BUFFER(4096),
                                   tight = BUFFER(8);

    assert_true(social_verification_begin(&scene->request, &begin, NULL));
    assert_string_equal(buffer_text(&begin), "{\"connectorId\":\"id1\",\"redirectUri\":\"" REDIRECT
                                             "\",\"state\":\"s-1\",\"scope\":\"openid drive\"}");
    assert_true(social_verification_prove("r1", code, REDIRECT, &prove, NULL));
    assert_string_equal(buffer_text(&prove), "{\"verificationRecordId\":\"r1\",\"connectorData\":{\"code\":"
                                             "\"4/0A\\\"\",\"redirectUri\":\"" REDIRECT "\"}}");
    assert_true(social_verification_use("r1", &use, NULL));
    assert_string_equal(buffer_text(&use), "{\"verificationRecordId\":\"r1\"}");
    assert_false(social_verification_use("r1", &tight, NULL));
}

static void offline_access_and_consent_replace_what_is_there(void **state)
{
    static const char *const queries[] = {
        GOOD,
        GOOD "&access_type=online&prompt=select_account",
        "prompt=none&prompt=login&%61ccess_type=online&" GOOD "&access_type=x&p%72ompt=",
        "&&" GOOD "&prompt",
    };

    for (size_t i = 0; i < ARRAY_SIZE(queries); i++) {
        _cleanup_free_ char *url = memory_format("https://accounts.google.com/o/oauth2/v2/auth?%s",
                                                 queries[i]);
        _cleanup_social_verification_ struct social_verification out = SOCIAL_VERIFICATION_EMPTY;

        assert_true(read_url(*state, url, &out, NULL));
        assert_string_equal(out.id, "r1");
        assert_string_equal(buffer_text(&out.url), "https://accounts.google.com/o/oauth2/v2/auth?" GOOD
                                                   "&access_type=offline&prompt=consent");
    }
}

static void an_address_that_is_not_ours_is_refused(void **state)
{
    static const struct {
        const char *url;
        const char *part;
    } cases[] = {
        {"http://accounts.google.com/auth?" GOOD, "without TLS"},
        {"https://a.example/auth?" GOOD "&state=s-1", "another state"},
        {"https://a.example/auth?" GOOD "&state=s-2", "another state"},
        {"https://a.example/auth?redirect_uri=" REDIRECT_ENCODED "&state=s-2", "another state"},
        {"https://a.example/auth?redirect_uri=" REDIRECT_ENCODED, "another state"},
        {"https://a.example/auth", "another state"},
        {"https://a.example/auth?state=s-1", "another redirect URI"},
        {"https://a.example/auth?" GOOD "&redirect_uri=" REDIRECT_ENCODED, "another redirect URI"},
        {"https://a.example/auth?state=s-1&redirect_uri=http://localhost:3001/callback",
         "another redirect URI"},
        {"https://user@a.example/auth?" GOOD, "the address"},
        {"https://a.example/auth?" GOOD "#x", "the address"},
        {"javascript:alert(1)", "the address"},
        {"", "the address"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_social_verification_ struct social_verification out = SOCIAL_VERIFICATION_EMPTY;
        struct error err;

        assert_false(read_url(*state, cases[i].url, &out, &err));
        assert_error(&err, ERROR_PROTOCOL, cases[i].part);
        assert_null(out.id);
    }
}

static void this_machine_needs_no_tls(void **state)
{
    _cleanup_social_verification_ struct social_verification out = SOCIAL_VERIFICATION_EMPTY;

    assert_true(read_url(*state, "http://localhost:4000/auth?" GOOD, &out, NULL));
}

static void an_answer_without_a_record_is_refused(void **state)
{
    static const char *const bodies[] = {
        "",
        "[]",
        "{}",
        "{\"verificationRecordId\":\"r1\"}",
        "{\"verificationRecordId\":\"\",\"authorizationUri\":\"https://a/\"}",
        "{\"verificationRecordId\":1,\"authorizationUri\":\"https://a/\"}"};

    for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
        _cleanup_social_verification_ struct social_verification out = SOCIAL_VERIFICATION_EMPTY;
        struct error err;

        assert_false(read_text(*state, bodies[i], &out, &err));
        assert_error(&err, ERROR_PROTOCOL, "no verification record");
    }
}

static void the_redirect_brings_a_code_or_says_why_not(void **state)
{
    static const struct {
        const char *query;
        enum error_code code;
        const char *part;
    } cases[] = {
        {"state=s&error=access_denied", ERROR_CANCELLED, "canceled at Google"},
        {"state=s&error=access_denied&code=x", ERROR_CANCELLED, "canceled at Google"},
        {"error=admin_policy_enforced", ERROR_DENIED, "admin_policy_enforced"},
        {"error=a&error=b", ERROR_PROTOCOL, "'error'"},
        {"error=%zz", ERROR_PROTOCOL, "'error'"},
        {"state=s", ERROR_PROTOCOL, "'code'"},
        {"code=", ERROR_PROTOCOL, "'code'"},
        {"code=a&code=b", ERROR_PROTOCOL, "'code'"},
    };
    _cleanup_secret_ struct secret *code = NULL;

    (void)state;
    assert_true(social_verification_check("state=s&code=4%2F0A&scope=a&iss=x", "Google", &code, NULL));
    assert_string_equal(secret_text(code), "4/0A");
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct secret *none = NULL;
        struct error err;

        assert_false(social_verification_check(cases[i].query, "Google", &none, &err));
        assert_error(&err, cases[i].code, cases[i].part);
        assert_null(none);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(requests_are_json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(offline_access_and_consent_replace_what_is_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_address_that_is_not_ours_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(this_machine_needs_no_tls, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_answer_without_a_record_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_redirect_brings_a_code_or_says_why_not, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
