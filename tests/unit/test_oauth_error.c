#include "unit.h"

#include "oidc/oauth_error.h"

#include <stdio.h>

/* The error that an answer makes; `body` may be NULL. */
static struct error read_answer(int status, const char *body, bool json, int64_t retry_after,
                                struct oauth_error *out)
{
    struct http_response response = HTTP_RESPONSE_EMPTY;
    struct error err = {.message = "", .hint = "an old one"};

    response.status = status;
    response.json = json;
    response.retry_after = retry_after;
    response.body.maximum = 4096;
    if (body)
        assert_true(buffer_append_text(&response.body, body, &err));
    assert_false(oauth_error_read("refreshing", &response, out, &err));
    http_response_release(&response);
    return err;
}

static void the_servers_words_are_quoted(void **state)
{
    struct oauth_error oauth;
    struct error err = read_answer(
        400,
        "{\"code\":\"oidc.invalid_grant\",\"message\":\"Grant request is invalid.\","
        "\"error\":\"invalid_grant\",\"error_description\":\"grant request is invalid\"}",
        true, -1, &oauth);

    (void)state;
    assert_error(&err, ERROR_SESSION_ENDED, "refreshing: invalid_grant: \"grant request is invalid\"");
    assert_string_equal(err.hint, "");
    assert_int_equal(oauth.kind, OAUTH_INVALID_GRANT);
    assert_int_equal(oauth.status, 400);
    assert_string_equal(oauth.error, "invalid_grant");
    assert_string_equal(oauth.description, "grant request is invalid");
}

static void without_a_description_the_message_serves(void **state)
{
    struct oauth_error oauth;
    struct error err = read_answer(403, "{\"error\":\"access_denied\",\"message\":\"Not a member.\"}", true,
                                   -1, &oauth);

    (void)state;
    assert_error(&err, ERROR_NOT_GRANTED, "access_denied: \"Not a member.\"");
    assert_string_equal(oauth.description, "Not a member.");
}

static void only_json_that_says_so_is_read(void **state)
{
    struct oauth_error oauth;
    struct error err = read_answer(400, "{\"error\":\"invalid_grant\"}", false, -1, &oauth);

    (void)state;
    assert_error(&err, ERROR_PROTOCOL, "unexpected response (HTTP 400)");
    assert_string_equal(oauth.error, "");
}

static void bodies_that_say_nothing_name_the_status(void **state)
{
    static const char *const bodies[] = {"", "{", "[]", "null", "\"invalid_grant\"", "{\"error\":1}", "{}"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
        struct oauth_error oauth;
        struct error err = read_answer(404, bodies[i], true, -1, &oauth);

        assert_error(&err, ERROR_PROTOCOL, "refreshing: unexpected response (HTTP 404)");
        assert_string_equal(oauth.error, "");
        assert_int_equal(oauth.status, 404);
    }
}

static void too_many_requests_say_when_to_come_back(void **state)
{
    struct error err = read_answer(429, NULL, true, 17, NULL);

    (void)state;
    assert_error(&err, ERROR_RATE_LIMITED, "HTTP 429");
    assert_string_equal(err.hint, "try again in 17 seconds");
    err = read_answer(429, "{\"error\":\"invalid_grant\"}", true, -1, NULL);
    assert_error(&err, ERROR_RATE_LIMITED, "refreshing");
    assert_string_equal(err.hint, "try again later");
}

static void a_servers_own_trouble_counts_as_network(void **state)
{
    static const int statuses[] = {500, 502, 503, 504, 599};
    struct error err;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
        err = read_answer(statuses[i], "{\"error\":\"invalid_grant\"}", true, -1, NULL);
        assert_error(&err, ERROR_NETWORK, "server error");
    }
    err = read_answer(503, NULL, false, 120, NULL);
    assert_string_equal(err.hint, "try again in 120 seconds");
}

static void a_redirect_is_not_followed_but_explained(void **state)
{
    struct error err = read_answer(302, "{\"error\":\"x\"}", true, -1, NULL);

    (void)state;
    assert_error(&err, ERROR_PROTOCOL, "unexpected redirect (HTTP 302)");
    assert_non_null(strstr(err.hint, "final URL"));
}

static void every_error_has_its_code(void **state)
{
    static const struct {
        const char *word;
        enum oauth_error_kind kind;
        enum error_code code;
    } cases[] = {
        {"access_denied", OAUTH_ACCESS_DENIED, ERROR_NOT_GRANTED},
        {"insufficient_scope", OAUTH_INSUFFICIENT_SCOPE, ERROR_NOT_GRANTED},
        {"invalid_client", OAUTH_INVALID_CLIENT, ERROR_CONFIG},
        {"invalid_request", OAUTH_INVALID_REQUEST, ERROR_CONFIG},
        {"invalid_scope", OAUTH_INVALID_SCOPE, ERROR_NOT_GRANTED},
        {"invalid_target", OAUTH_INVALID_TARGET, ERROR_NOT_GRANTED},
        {"invalid_token", OAUTH_INVALID_TOKEN, ERROR_SESSION_ENDED},
        {"unauthorized_client", OAUTH_UNAUTHORIZED_CLIENT, ERROR_CONFIG},
        {"unheard_of", OAUTH_OTHER, ERROR_PROTOCOL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_free_ char *body = memory_format("{\"error\":\"%s\"}", cases[i].word);
        struct oauth_error oauth;
        struct error err = read_answer(400, body, true, -1, &oauth);

        assert_error(&err, cases[i].code, cases[i].word);
        assert_int_equal(oauth.kind, cases[i].kind);
    }
}

static void long_words_are_cut(void **state)
{
    char body[3000];
    struct oauth_error oauth;

    (void)state;
    snprintf(body, sizeof(body), "{\"error\":\"%0500d\",\"error_description\":\"%01500d\"}", 0, 0);
    read_answer(400, body, true, -1, &oauth);
    assert_int_equal(strlen(oauth.error), sizeof(oauth.error) - 1);
    assert_int_equal(strlen(oauth.description), sizeof(oauth.description) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_servers_words_are_quoted),
        cmocka_unit_test(without_a_description_the_message_serves),
        cmocka_unit_test(only_json_that_says_so_is_read),
        cmocka_unit_test(bodies_that_say_nothing_name_the_status),
        cmocka_unit_test(too_many_requests_say_when_to_come_back),
        cmocka_unit_test(a_servers_own_trouble_counts_as_network),
        cmocka_unit_test(a_redirect_is_not_followed_but_explained),
        cmocka_unit_test(every_error_has_its_code),
        cmocka_unit_test(long_words_are_cut),
    };

    return cmocka_run_group_tests_name("oauth_error", tests, NULL, NULL);
}
