#include "fake.h"

#include "session/vault.h"

#include <stdlib.h>

#define PATH FAKE_ENDPOINT "/api/my-account/identities/google/access-token"
#define TOKEN "{\"access_token\":\"ya29.a0\",\"scope\":\"openid email\",\"expires_in\":3000}"
#define REFUSAL(code) "{\"code\":\"" code "\",\"message\":\"4/secret\",\"data\":{\"code\":\"4/secret\"}}"

static void sign_in_with_identities(struct fake_world *world)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;

    fake_fill_cache(world);
    fake_sign_in(world, 3600, &session);
    list_add(&session.scopes, "identities");
    assert_true(session_save(&world->interfaces, &world->profile, &session, NULL));
    fake_forget_journal(world);
}

static bool fetch(struct fake_world *world, int64_t min_ttl, struct vault_token *out, struct error *err)
{
    static const struct list none = LIST_EMPTY;
    struct vault_request request = {"google", &none, min_ttl};

    return vault_fetch_token(&world->interfaces, &world->profile, &request, out, err);
}

static void expect_failure(struct fake_world *world, int64_t min_ttl, enum error_code code, const char *part,
                           const char *hint)
{
    _cleanup_vault_token_ struct vault_token token = VAULT_TOKEN_EMPTY;
    struct error err = {.message = ""};

    assert_false(fetch(world, min_ttl, &token, &err));
    assert_error(&err, code, part);
    assert_null(strstr(err.message, "4/secret"));
    if (!strstr(err.hint, hint))
        fail_msg("\"%s\" isn't in \"%s\"", hint, err.hint);
    assert_null(token.token);
}

static void the_token_is_asked_for_with_the_opaque_one(void **state)
{
    struct fake_world *world = *state;
    _cleanup_vault_token_ struct vault_token token = VAULT_TOKEN_EMPTY;

    sign_in_with_identities(world);
    fake_expect(&world->http, PATH, 200, TOKEN);
    assert_true(fetch(world, 3000, &token, NULL));
    assert_string_equal(secret_text(token.token), "ya29.a0");
    assert_int_equal(token.expires_at, FAKE_NOW + 3000);
    assert_string_equal(world->http.requests[0].bearer, "access-1");
    assert_all_asked(&world->http);
}

static void without_identities_nothing_is_asked(void **state)
{
    struct fake_world *world = *state;
    _cleanup_session_ struct session session = SESSION_EMPTY;

    fake_sign_in(world, 3600, &session);
    expect_failure(world, 0, ERROR_NOT_GRANTED, "does not cover the scope identities", "--scope identities");
    assert_all_asked(&world->http);
}

static void each_refusal_has_its_sentence(void **state)
{
    static const struct {
        int status;
        const char *body;
        enum error_code code;
        const char *part;
        const char *hint;
    } cases[] = {
        {400, REFUSAL("account_center.not_enabled"), ERROR_CONFIG, "the Account API is disabled",
         "Account center"},
        {403, REFUSAL("auth.forbidden"), ERROR_NOT_GRANTED, "identities", "--scope identities"},
        {404, REFUSAL("secrets.third_party_token_set.token_not_found"), ERROR_NOT_GRANTED,
         "no Google token of this user", "then: logto login --reauth"},
        {401, REFUSAL("secrets.third_party_token_set.access_token_expired"), ERROR_NOT_GRANTED,
         "the Google token has expired", "Offline Access"},
        {400, REFUSAL("connector.general"), ERROR_NOT_GRANTED, "Google refused to renew",
         "logto login --reauth"},
        {400, REFUSAL("guard.invalid_input"), ERROR_PROTOCOL, "guard.invalid_input (HTTP 400)", ""},
        {404, "{\"message\":\"4/secret\"}", ERROR_PROTOCOL, "unexpected response (HTTP 404)", ""},
        {503, "", ERROR_NETWORK, "server error", "try again"},
        {302, "", ERROR_PROTOCOL, "unexpected redirect", ""},
        {200, "{}", ERROR_PROTOCOL, "no access_token", ""},
    };
    struct fake_world *world = *state;

    sign_in_with_identities(world);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        fake_expect(&world->http, PATH, cases[i].status, cases[i].body);
        expect_failure(world, 0, cases[i].code, cases[i].part, cases[i].hint);
        assert_all_asked(&world->http);
    }
}

static void a_token_that_ends_too_soon_is_not_given(void **state)
{
    struct fake_world *world = *state;

    sign_in_with_identities(world);
    fake_expect(&world->http, PATH, 200, TOKEN);
    expect_failure(world, 3001, ERROR_NOT_GRANTED, "expires in 3000 seconds", "shorter --min-ttl");
}

static void a_missing_scope_is_not_granted_and_names_authorize(void **state)
{
    struct fake_world *world = *state;
    _cleanup_list_ struct list scopes = LIST_EMPTY;
    _cleanup_vault_token_ struct vault_token token = VAULT_TOKEN_EMPTY;
    struct vault_request request = {"google", &scopes, 0};
    struct error err;

    sign_in_with_identities(world);
    list_add(&scopes, "email");
    fake_expect(&world->http, PATH, 200, TOKEN);
    assert_true(vault_fetch_token(&world->interfaces, &world->profile, &request, &token, NULL));
    vault_token_release(&token);
    list_add(&scopes, "https://www.googleapis.com/auth/drive");
    fake_expect(&world->http, PATH, 200, TOKEN);
    assert_false(vault_fetch_token(&world->interfaces, &world->profile, &request, &token, &err));
    assert_error(&err, ERROR_NOT_GRANTED, "does not cover the scope https://www.googleapis.com/auth/drive");
    assert_non_null(strstr(err.hint, "logto google authorize"));
    assert_non_null(strstr(err.hint, "--scope https://www.googleapis.com/auth/drive"));
}

static void a_refused_access_token_is_replaced_once(void **state)
{
    struct fake_world *world = *state;
    _cleanup_vault_token_ struct vault_token token = VAULT_TOKEN_EMPTY;

    sign_in_with_identities(world);
    fake_expect(&world->http, PATH, 401, REFUSAL("auth.unauthorized"));
    fake_expect(&world->http, FAKE_TOKEN, 200,
                "{\"access_token\":\"access-2\",\"refresh_token\":\"refresh-2\",\"token_type\":\"Bearer\","
                "\"expires_in\":3600}");
    fake_expect(&world->http, PATH, 200, TOKEN);
    assert_true(fetch(world, 0, &token, NULL));
    assert_string_equal(world->http.requests[2].bearer, "access-2");

    fake_expect(&world->http, PATH, 401, REFUSAL("auth.unauthorized"));
    fake_expect(&world->http, FAKE_TOKEN, 200,
                "{\"access_token\":\"access-3\",\"refresh_token\":\"refresh-3\",\"token_type\":\"Bearer\","
                "\"expires_in\":3600}");
    fake_expect(&world->http, PATH, 401, REFUSAL("auth.unauthorized"));
    expect_failure(world, 0, ERROR_SESSION_ENDED, "does not accept the access token", "logto login");
    assert_all_asked(&world->http);
}

static void the_hint_names_profile_and_connector(void **state)
{
    struct fake_world *world = *state;

    profile_set_text(&world->profile.name, "work");
    profile_set_text(&world->profile.connector, "github");
    sign_in_with_identities(world);
    fake_expect(&world->http, PATH, 400, REFUSAL("connector.general"));
    expect_failure(world, 0, ERROR_NOT_GRANTED, "refused",
                   "logto login --profile work --reauth --connector google");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_token_is_asked_for_with_the_opaque_one, fake_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(without_identities_nothing_is_asked, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(each_refusal_has_its_sentence, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(a_token_that_ends_too_soon_is_not_given, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(a_missing_scope_is_not_granted_and_names_authorize, fake_setup,
                                        fake_teardown),
        cmocka_unit_test_setup_teardown(a_refused_access_token_is_replaced_once, fake_setup, fake_teardown),
        cmocka_unit_test_setup_teardown(the_hint_names_profile_and_connector, fake_setup, fake_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
