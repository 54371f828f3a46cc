#include "fake.h"

#include "cmd/token_format.h"

struct print {
    const char *format;
    struct token_view view;
};

static void run_print(void *data)
{
    struct print *print = data;
    struct error err;

    assert_true(token_print(print->format, &print->view, &err));
}

static void expect(const char *format, const struct token_view *view, const char *expected)
{
    struct print print = {format, *view};
    _cleanup_free_ char *text = fake_capture(run_print, &print);

    assert_string_equal(text, expected);
}

static struct token_view access_view(const struct secret *token)
{
    return (struct token_view){.token = token,
                               .scope = "read \"x\"",
                               .resource = FAKE_API,
                               .expires_at = FAKE_NOW + 100,
                               .now = FAKE_NOW};
}

static void a_token_is_itself_and_a_newline(void **state)
{
    _cleanup_secret_ struct secret *token = secret_from_text("abc.def");
    struct token_view view = access_view(token);

    (void)state;
    expect("token", &view, "abc.def\n");
    expect("header", &view, "Authorization: Bearer abc.def\n");
    expect("env", &view, "LOGTO_ACCESS_TOKEN=abc.def\n");
    view.is_id_token = true;
    expect("token", &view, "abc.def\n");
    expect("env", &view, "LOGTO_ID_TOKEN=abc.def\n");
}

static void json_says_what_the_contract_says(void **state)
{
    _cleanup_secret_ struct secret *token = secret_from_text("abc.def");
    struct token_view view = access_view(token);

    (void)state;
    expect("json", &view,
           "{\"access_token\":\"abc.def\",\"token_type\":\"Bearer\",\"expires_at\":1800000100,\"expires_in\":"
           "100,"
           "\"scope\":\"read \\\"x\\\"\",\"resource\":\"https://api.example\",\"organization_id\":null}\n");
    view.now = FAKE_NOW + 200;
    view.scope = view.resource = NULL;
    view.organization_id = "org1";
    expect(
        "json", &view,
        "{\"access_token\":\"abc.def\",\"token_type\":\"Bearer\",\"expires_at\":1800000100,\"expires_in\":0,"
        "\"scope\":null,\"resource\":null,\"organization_id\":\"org1\"}\n");
    view.is_id_token = true;
    view.now = FAKE_NOW;
    expect("json", &view,
           "{\"id_token\":\"abc.def\",\"token_type\":\"Bearer\",\"expires_at\":1800000100,\"expires_in\":100}"
           "\n");
}

static void another_providers_token_is_named_after_its_connector(void **state)
{
    _cleanup_secret_ struct secret *token = secret_from_text("ya29.a0");
    struct token_view view = {.token = token, .connector = "google", .scope = "email", .now = FAKE_NOW};

    (void)state;
    expect("env", &view, "GOOGLE_ACCESS_TOKEN=ya29.a0\n");
    expect("json", &view,
           "{\"access_token\":\"ya29.a0\",\"token_type\":\"Bearer\",\"expires_at\":null,\"expires_in\":null,"
           "\"scope\":\"email\",\"connector\":\"google\"}\n");
    view.connector = "my-oauth2";
    expect("env", &view, "MY_OAUTH2_ACCESS_TOKEN=ya29.a0\n");
}

static void kubectl_gets_a_credential_that_says_when_it_ends(void **state)
{
    _cleanup_secret_ struct secret *token = secret_from_text("abc.def");
    struct token_view view = access_view(token);

    (void)state;
    expect("exec-credential", &view,
           "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\","
           "\"status\":{\"expirationTimestamp\":\"2027-01-15T08:01:40Z\",\"token\":\"abc.def\"}}\n");
}

static void a_long_token_stays_whole(void **state)
{
    size_t length = (size_t)64 * 1024;
    char *text = memory_allocate(length + 2, 1);
    _cleanup_secret_ struct secret *token = NULL;
    struct token_view view;

    (void)state;
    memset(text, 'x', length);
    token = secret_new(text, length);
    view = access_view(token);
    text[length] = '\n';
    expect("token", &view, text);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_itself_and_a_newline),
        cmocka_unit_test(json_says_what_the_contract_says),
        cmocka_unit_test(another_providers_token_is_named_after_its_connector),
        cmocka_unit_test(kubectl_gets_a_credential_that_says_when_it_ends),
        cmocka_unit_test(a_long_token_stays_whole),
    };

    return cmocka_run_group_tests_name("token_format", tests, NULL, NULL);
}
