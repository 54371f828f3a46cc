#include "unit.h"

#include "logto/account_error.h"

static struct account_error read_text(const char *body)
{
    _cleanup_http_response_ struct http_response response = HTTP_RESPONSE_EMPTY;

    response.status = 400;
    response.json = true;
    response.body.maximum = 4096;
    assert_true(buffer_append_text(&response.body, body, NULL));
    return account_error_read(&response);
}

static void expect(const char *code, enum account_error_kind kind)
{
    _cleanup_free_ char *body = memory_format("{\"code\":\"%s\",\"message\":\"4/secret\"}", code);
    struct account_error error = read_text(body);

    assert_int_equal(error.kind, kind);
    assert_string_equal(error.code, code);
}

static void each_code_has_its_kind(void **state)
{
    (void)state;
    expect("auth.forbidden", ACCOUNT_FORBIDDEN);
    expect("auth.unauthorized", ACCOUNT_UNAUTHORIZED);
    expect("auth.authorization_header_missing", ACCOUNT_UNAUTHORIZED);
    expect("account_center.not_enabled", ACCOUNT_CENTER_DISABLED);
    expect("secrets.third_party_token_set.token_not_found", ACCOUNT_TOKEN_NOT_FOUND);
    expect("secrets.third_party_token_set.access_token_expired", ACCOUNT_TOKEN_EXPIRED);
    expect("connector.general", ACCOUNT_CONNECTOR_REFUSED);
    expect("connector.invalid_response", ACCOUNT_CONNECTOR_REFUSED);
    expect("session.invalid_connector_id", ACCOUNT_CONNECTOR_UNKNOWN);
    expect("verification_record.social_verification.invalid_target", ACCOUNT_OTHER_TARGET);
    expect("verification_record.social_verification.token_response_not_found", ACCOUNT_STORAGE_DISABLED);
    expect("verification_record.not_found", ACCOUNT_RECORD_NOT_FOUND);
    expect("user.identity_not_exists_in_current_user", ACCOUNT_OTHER_IDENTITY);
    expect("guard.invalid_input", ACCOUNT_OTHER);
    expect("connector", ACCOUNT_OTHER);
    expect("auth.forbidden.not", ACCOUNT_UNAUTHORIZED);
}

static void a_code_that_is_none_is_not_shown(void **state)
{
    static const char *const bodies[] = {
        "",
        "<html>",
        "[]",
        "null",
        "{}",
        "{\"code\":1}",
        "{\"code\":\"\"}",
        "{\"code\":\"connector.4/0AX4XfWh\"}",
        "{\"code\":\"a\\u001b[2J\"}",
        "{\"error\":\"invalid_request\",\"message\":\"4/secret\"}",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
        struct account_error error = read_text(bodies[i]);

        assert_int_equal(error.kind, ACCOUNT_OTHER);
        assert_string_equal(error.code, "");
    }
}

static void an_endless_code_is_not_shown(void **state)
{
    char code[4 * ACCOUNT_ERROR_CODE_SIZE] = "";
    _cleanup_free_ char *body = NULL;

    (void)state;
    memset(code, 'a', sizeof(code) - 1);
    body = memory_format("{\"code\":\"%s\"}", code);
    assert_string_equal(read_text(body).code, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_code_has_its_kind),
        cmocka_unit_test(an_endless_code_is_not_shown),
        cmocka_unit_test(a_code_that_is_none_is_not_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
