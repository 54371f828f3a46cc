#include "fake.h"

#include "oidc/authorize.h"

#define REDIRECT_URI "http://localhost:3000/callback"
/* RFC 7636, appendix B. */
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

static int make_scene(void **state)
{
    *state = memory_allocate(1, sizeof(struct provider));
    fake_provider(*state);
    return 0;
}

static int release_scene(void **state)
{
    provider_release(*state);
    free(*state);
    return 0;
}

struct asked {
    struct list scopes, resources;
    struct secret *state, *nonce, *verifier;
    struct authorization_request request;
};

static void asked_open(struct asked *asked)
{
    *asked = (struct asked){.state = secret_from_text("the-state"),
                            .nonce = secret_from_text("the-nonce"),
                            .verifier = secret_from_text(VERIFIER)};
    list_add_words(&asked->scopes, "openid profile");
    asked->request = (struct authorization_request){.client_id = "app1",
                                                    .redirect_uri = REDIRECT_URI,
                                                    .scopes = &asked->scopes,
                                                    .resources = &asked->resources,
                                                    .state = asked->state,
                                                    .nonce = asked->nonce,
                                                    .code_verifier = asked->verifier};
}

static void asked_release(struct asked *asked)
{
    list_release(&asked->scopes);
    list_release(&asked->resources);
    secret_free(&asked->state);
    secret_free(&asked->nonce);
    secret_free(&asked->verifier);
}

static void assert_parameter(const struct buffer *url, const char *name, const char *value)
{
    _cleanup_buffer_ struct buffer found = BUFFER(4096);
    enum form_result result = form_find(strchr(buffer_text(url), '?') + 1, name, &found);

    assert_int_equal(result, value ? FORM_ONCE : FORM_ABSENT);
    if (value)
        assert_string_equal(buffer_text(&found), value);
}

/* RFC 3986 allows most of it in a URL, and PowerShell, sh and a terminal take it for their own. */
static void an_endpoint_has_nothing_that_a_shell_would_interpret(void **state)
{
    struct provider *provider = *state;
    _cleanup_buffer_ struct buffer url = BUFFER(AUTHORIZE_URL_MAXIMUM);
    struct asked asked;

    asked_open(&asked);
    free(provider->authorization_endpoint);
    provider->authorization_endpoint = memory_duplicate(
        "https://a.example/x$(id)`id`';!*\"|<>{}^\\é%20?a=b,c");
    assert_true(authorize_url(provider, &asked.request, &url, NULL));
    assert_memory_equal(buffer_text(&url),
                        "https://a.example/x%24%28id%29%60id%60%27%3B%21%2A%22%7C%3C%3E%7B%7D%5E%5C%C3%A9"
                        "%20?a=b,c&client_id=app1&",
                        100);
    assert_int_equal(strcspn(buffer_text(&url), "$()`';!*\"|<>{}^\\ "), url.length);
    asked_release(&asked);
}

static void the_request_carries_all_and_no_secret_of_ours(void **state)
{
    _cleanup_buffer_ struct buffer url = BUFFER(AUTHORIZE_URL_MAXIMUM);
    _cleanup_buffer_ struct buffer extra = BUFFER(100);
    struct error err;
    struct asked asked;

    asked_open(&asked);
    assert_true(form_append(&extra, "direct_sign_in", "social:google", &err));
    asked.request.prompt = "consent";
    asked.request.ui_locales = "de-CH";
    asked.request.login_hint = "zoë+test@example.com";
    asked.request.extra = &extra;
    assert_true(authorize_url(*state, &asked.request, &url, &err));
    assert_int_equal(strncmp(buffer_text(&url), FAKE_ISSUER "/auth?", strlen(FAKE_ISSUER "/auth?")), 0);
    assert_parameter(&url, "response_type", "code");
    assert_parameter(&url, "client_id", "app1");
    assert_parameter(&url, "redirect_uri", REDIRECT_URI);
    assert_parameter(&url, "scope", "openid profile");
    assert_parameter(&url, "state", "the-state");
    assert_parameter(&url, "nonce", "the-nonce");
    assert_parameter(&url, "code_challenge", CHALLENGE);
    assert_parameter(&url, "code_challenge_method", "S256");
    assert_parameter(&url, "prompt", "consent");
    assert_parameter(&url, "ui_locales", "de-CH");
    assert_parameter(&url, "login_hint", "zoë+test@example.com");
    assert_parameter(&url, "direct_sign_in", "social:google");
    assert_parameter(&url, "code_verifier", NULL);
    assert_null(strstr(buffer_text(&url), VERIFIER));
    asked_release(&asked);
}

static void what_was_not_asked_for_is_left_out(void **state)
{
    static const char *const names[] = {"resource", "prompt", "ui_locales", "login_hint", "direct_sign_in"};
    _cleanup_buffer_ struct buffer url = BUFFER(AUTHORIZE_URL_MAXIMUM);
    struct error err;
    struct asked asked;

    asked_open(&asked);
    assert_true(authorize_url(*state, &asked.request, &url, &err));
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        assert_parameter(&url, names[i], NULL);
    assert_null(strstr(buffer_text(&url), "&&"));
    asked_release(&asked);
}

static void each_resource_is_a_parameter_of_its_own(void **state)
{
    _cleanup_buffer_ struct buffer url = BUFFER(AUTHORIZE_URL_MAXIMUM);
    struct error err;
    struct asked asked;

    asked_open(&asked);
    list_add(&asked.resources, "https://a.example/x?y=1");
    list_add(&asked.resources, "urn:logto:resource:organizations");
    assert_true(authorize_url(*state, &asked.request, &url, &err));
    assert_non_null(strstr(buffer_text(&url), "&resource=https%3A%2F%2Fa.example%2Fx%3Fy%3D1&"
                                              "resource=urn%3Alogto%3Aresource%3Aorganizations&"));
    asked_release(&asked);
}

static void an_endpoint_with_a_query_keeps_it(void **state)
{
    struct provider *provider = *state;
    _cleanup_buffer_ struct buffer url = BUFFER(AUTHORIZE_URL_MAXIMUM);
    struct error err;
    struct asked asked;

    asked_open(&asked);
    free(provider->authorization_endpoint);
    provider->authorization_endpoint = memory_duplicate("https://tenant.example/auth?tenant=1");
    assert_true(authorize_url(provider, &asked.request, &url, &err));
    assert_ptr_equal(strstr(buffer_text(&url), "https://tenant.example/auth?tenant=1&client_id="),
                     buffer_text(&url));
    asked_release(&asked);
}

static void a_request_too_long_for_a_url_fails(void **state)
{
    _cleanup_buffer_ struct buffer url = BUFFER(200);
    struct error err;
    struct asked asked;

    asked_open(&asked);
    assert_false(authorize_url(*state, &asked.request, &url, &err));
    assert_int_equal(err.code, ERROR_PROTOCOL);
    asked_release(&asked);
}

/* The redirect. */

#define ISS "&iss=https%3A%2F%2Ftenant.example%2Foidc"

static void expect_code(const struct provider *provider, const char *query, const char *expected)
{
    struct secret *code = NULL;
    struct error err = {.message = ""};

    if (!authorize_check(provider, query, &code, &err))
        fail_msg("%s", err.message);
    assert_string_equal(secret_text(code), expected);
    secret_free(&code);
}

static void expect_refusal(const struct provider *provider, const char *query, enum error_code code,
                           const char *part)
{
    struct secret *secret = NULL;
    struct error err = {.message = ""};

    assert_false(authorize_check(provider, query, &secret, &err));
    assert_error(&err, code, part);
    assert_null(secret);
}

static void a_good_redirect_brings_the_code(void **state)
{
    expect_code(*state, "code=abc&state=s" ISS, "abc");
    expect_code(*state, "state=s" ISS "&code=a%2Bb%20c+d&session_state=x", "a+b c d");
}

static void another_issuer_is_refused_before_anything_is_believed(void **state)
{
    expect_refusal(*state, "code=abc&state=s&iss=https%3A%2F%2Fevil.example", ERROR_PROTOCOL,
                   "unexpected issuer https://evil.example");
    expect_refusal(*state, "error=access_denied&state=s&iss=https%3A%2F%2Fevil.example", ERROR_PROTOCOL,
                   "unexpected issuer https://evil.example");
    expect_refusal(*state, "code=abc&state=s" ISS "%2F", ERROR_PROTOCOL, "unexpected issuer");
    expect_refusal(*state, "code=abc&state=s&iss=", ERROR_PROTOCOL, "unexpected issuer");
    expect_refusal(*state, "code=abc&state=s" ISS ISS, ERROR_PROTOCOL, "duplicate 'iss'");
}

static void a_promised_issuer_must_be_there(void **state)
{
    struct provider *provider = *state;

    expect_refusal(provider, "code=abc&state=s", ERROR_PROTOCOL, "'iss'");
    expect_refusal(provider, "error=access_denied&state=s", ERROR_PROTOCOL, "'iss'");
    provider->iss_parameter = false;
    expect_code(provider, "code=abc&state=s", "abc");
    expect_refusal(provider, "code=abc&state=s&iss=https%3A%2F%2Fevil.example", ERROR_PROTOCOL,
                   "unexpected issuer");
}

static void an_error_is_told_in_the_servers_words(void **state)
{
    expect_refusal(*state, "error=access_denied&error_description=End-User%20aborted&state=s" ISS,
                   ERROR_DENIED, "access_denied: \"End-User aborted\"");
    expect_refusal(*state, "error=server_error&state=s" ISS, ERROR_DENIED, "server_error");
    /* An error beats a code. */
    expect_refusal(*state, "code=abc&error=access_denied&state=s" ISS, ERROR_DENIED, "access_denied");
}

static void what_occurs_twice_or_cannot_be_read_is_refused(void **state)
{
    expect_refusal(*state, "code=abc&code=abd&state=s" ISS, ERROR_PROTOCOL, "duplicate 'code'");
    expect_refusal(*state, "error=a&error=b&state=s" ISS, ERROR_PROTOCOL, "duplicate 'error'");
    expect_refusal(*state, "error=a&error_description=a&error_description=b&state=s" ISS, ERROR_PROTOCOL,
                   "duplicate 'error_description'");
    expect_refusal(*state, "code=%zz&state=s" ISS, ERROR_PROTOCOL, "malformed 'code'");
    expect_refusal(*state, "code=a%00b&state=s" ISS, ERROR_PROTOCOL, "malformed 'code'");
}

static void without_code_and_error_there_is_nothing_to_go_on(void **state)
{
    expect_refusal(*state, "state=s" ISS, ERROR_PROTOCOL, "missing 'code'");
    expect_refusal(*state, "code=&state=s" ISS, ERROR_PROTOCOL, "missing 'code'");
    expect_refusal(*state, "Code=abc&state=s" ISS, ERROR_PROTOCOL, "missing 'code'");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scene, release_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_endpoint_has_nothing_that_a_shell_would_interpret),
        TEST(the_request_carries_all_and_no_secret_of_ours),
        TEST(what_was_not_asked_for_is_left_out),
        TEST(each_resource_is_a_parameter_of_its_own),
        TEST(an_endpoint_with_a_query_keeps_it),
        TEST(a_request_too_long_for_a_url_fails),
        TEST(a_good_redirect_brings_the_code),
        TEST(another_issuer_is_refused_before_anything_is_believed),
        TEST(a_promised_issuer_must_be_there),
        TEST(an_error_is_told_in_the_servers_words),
        TEST(what_occurs_twice_or_cannot_be_read_is_refused),
        TEST(without_code_and_error_there_is_nothing_to_go_on),
    };

    return cmocka_run_group_tests_name("authorize", tests, NULL, NULL);
}
