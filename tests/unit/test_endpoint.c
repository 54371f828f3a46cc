#include "unit.h"

#include "base/memory.h"
#include "logto/endpoint.h"

static void expect(const char *text, const char *endpoint, const char *expected_issuer)
{
    struct error err = {.message = ""};
    _cleanup_free_ char *found = logto_endpoint_parse(text, false, &err);
    _cleanup_free_ char *issuer = found ? logto_endpoint_issuer(found) : NULL;

    if (!found)
        fail_msg("%s: %s", text, err.message);
    assert_string_equal(found, endpoint);
    assert_string_equal(issuer, expected_issuer);
}

static void expect_refusal(const char *text, const char *part)
{
    struct error err = {.message = ""};
    char *found = logto_endpoint_parse(text, false, &err);

    if (found)
        fail_msg("%s was taken as %s", text, found);
    assert_error(&err, ERROR_CONFIG, part);
}

static void what_people_type_becomes_one_form(void **state)
{
    static const char *const texts[] = {
        "https://tenant.logto.app", "https://tenant.logto.app/",     "tenant.logto.app",
        "tenant.logto.app///",      "https://tenant.logto.app/oidc", "https://tenant.logto.app/oidc/",
        "tenant.logto.app/oidc"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        expect(texts[i], "https://tenant.logto.app", "https://tenant.logto.app/oidc");
}

static void this_machine_is_reached_in_the_clear(void **state)
{
    (void)state;
    expect("localhost:3001", "http://localhost:3001", "http://localhost:3001/oidc");
    expect("127.0.0.1:3001/", "http://127.0.0.1:3001", "http://127.0.0.1:3001/oidc");
    expect("http://[::1]:3001", "http://[::1]:3001", "http://[::1]:3001/oidc");
    expect("https://localhost:3001/oidc", "https://localhost:3001", "https://localhost:3001/oidc");
}

static void a_path_belongs_to_the_endpoint(void **state)
{
    (void)state;
    expect("https://example.com/auth", "https://example.com/auth", "https://example.com/auth/oidc");
    expect("https://example.com/auth/oidc", "https://example.com/auth", "https://example.com/auth/oidc");
    expect("https://example.com/my-oidc", "https://example.com/my-oidc", "https://example.com/my-oidc/oidc");
}

/* A name that only begins like this machine's is somebody else's and gets https. */
static void a_name_that_begins_with_localhost_is_another_host(void **state)
{
    (void)state;
    expect("localhost.example.com", "https://localhost.example.com", "https://localhost.example.com/oidc");
    expect("127.example.com", "https://127.example.com", "https://127.example.com/oidc");
}

static void another_machine_in_the_clear_needs_to_be_asked_for(void **state)
{
    struct error err;
    _cleanup_free_ char *found = logto_endpoint_parse("http://logto.internal:3001/", true, &err);

    (void)state;
    assert_string_equal(found, "http://logto.internal:3001");
    expect_refusal("http://logto.internal:3001", "must use https");
}

static void what_is_no_endpoint_is_refused(void **state)
{
    (void)state;
    expect_refusal("", "the endpoint");
    expect_refusal("https://", "the endpoint");
    expect_refusal("ftp://example.com", "ftp://example.com");
    expect_refusal("https://example.com?x=1", "query");
    expect_refusal("https://example.com/#x", "the endpoint");
    expect_refusal("https://user:password@example.com", "the endpoint");
    expect_refusal("two words", "the endpoint");
    expect_refusal("https://exa\tmple.com", "the endpoint");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_people_type_becomes_one_form),
        cmocka_unit_test(this_machine_is_reached_in_the_clear),
        cmocka_unit_test(a_path_belongs_to_the_endpoint),
        cmocka_unit_test(a_name_that_begins_with_localhost_is_another_host),
        cmocka_unit_test(another_machine_in_the_clear_needs_to_be_asked_for),
        cmocka_unit_test(what_is_no_endpoint_is_refused),
    };

    return cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}
