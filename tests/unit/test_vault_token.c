#include "unit.h"

#include "logto/vault_token.h"

#define NOW 1800000000

static bool read_text(const char *body, struct vault_token *out, struct error *err)
{
    _cleanup_http_response_ struct http_response response = HTTP_RESPONSE_EMPTY;

    response.status = 200;
    response.json = true;
    response.body.maximum = 4096;
    assert_true(buffer_append_text(&response.body, body, NULL));
    return vault_token_read(&response, NOW, out, err);
}

static void a_token_has_scope_and_end(void **state)
{
    _cleanup_vault_token_ struct vault_token token = VAULT_TOKEN_EMPTY;

    (void)state;
    assert_true(
        read_text("{\"access_token\":\"ya29.a0\",\"scope\":\"openid email\",\"token_type\":\"Bearer\","
                  "\"expires_in\":3598}",
                  &token, NULL));
    assert_string_equal(secret_text(token.token), "ya29.a0");
    assert_string_equal(token.scope, "openid email");
    assert_int_equal(token.expires_at, NOW + 3598);
}

/* GitHub's tokens last until they are revoked. */
static void only_the_token_itself_is_needed(void **state)
{
    static const char *const bodies[] = {
        "{\"access_token\":\"gho_1\"}",
        "{\"access_token\":\"gho_1\",\"token_type\":\"bearer\",\"expires_in\":null}",
        "{\"access_token\":\"gho_1\",\"expires_in\":-1}",
        "{\"access_token\":\"gho_1\",\"expires_in\":9007199254740991}",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
        _cleanup_vault_token_ struct vault_token token = VAULT_TOKEN_EMPTY;

        assert_true(read_text(bodies[i], &token, NULL));
        assert_string_equal(secret_text(token.token), "gho_1");
        assert_null(token.scope);
        assert_int_equal(token.expires_at, 0);
    }
}

static void what_could_not_be_put_into_a_header_is_refused(void **state)
{
    static const struct {
        const char *body;
        const char *part;
    } cases[] = {
        {"", "reading the stored token"},
        {"[]", "no access_token"},
        {"{}", "no access_token"},
        {"{\"access_token\":7}", "no access_token"},
        {"{\"access_token\":\"\"}", "malformed access_token"},
        {"{\"access_token\":\"a b\"}", "malformed access_token"},
        {"{\"access_token\":\"a\\r\\nb\"}", "malformed access_token"},
        {"{\"access_token\":\"a\",\"token_type\":\"mac\"}", "unknown type mac"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_vault_token_ struct vault_token token = VAULT_TOKEN_EMPTY;
        struct error err;

        assert_false(read_text(cases[i].body, &token, &err));
        assert_error(&err, ERROR_PROTOCOL, cases[i].part);
        assert_null(token.token);
    }
}

static void missing_scopes_are_found_under_googles_names_too(void **state)
{
    struct vault_token token = {.scope = (char[]){"openid https://www.googleapis.com/auth/userinfo.email"}};
    _cleanup_list_ struct list scopes = LIST_EMPTY;

    (void)state;
    assert_null(vault_token_missing(&token, &scopes));
    list_add_words(&scopes, "openid email");
    assert_null(vault_token_missing(&token, &scopes));
    list_add_words(&scopes, "profile drive");
    assert_string_equal(vault_token_missing(&token, &scopes), "profile");
    token.scope = NULL;
    assert_null(vault_token_missing(&token, &scopes));
}

static void the_path_names_the_connector_whatever_it_is_called(void **state)
{
    _cleanup_free_ char *google = vault_token_path("google");
    _cleanup_free_ char *odd = vault_token_path("a/../b?c");

    (void)state;
    assert_string_equal(google, "/api/my-account/identities/google/access-token");
    assert_string_equal(odd, "/api/my-account/identities/a%2F..%2Fb%3Fc/access-token");
}

static void providers_have_the_names_users_know(void **state)
{
    (void)state;
    assert_string_equal(vault_provider_name("google"), "Google");
    assert_string_equal(vault_provider_name("github"), "GitHub");
    assert_string_equal(vault_provider_name("acme"), "acme");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_has_scope_and_end),
        cmocka_unit_test(only_the_token_itself_is_needed),
        cmocka_unit_test(what_could_not_be_put_into_a_header_is_refused),
        cmocka_unit_test(missing_scopes_are_found_under_googles_names_too),
        cmocka_unit_test(the_path_names_the_connector_whatever_it_is_called),
        cmocka_unit_test(providers_have_the_names_users_know),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
