/* Where an access token goes, and every way in which it must not go astray. */
#include "unit.h"

#include "session/api_target.h"

#include <stdio.h>
#include <stdlib.h>

#define ENDPOINT "https://tenant.example"

static struct url parse(const char *text)
{
    struct error err = {.message = ""};
    struct url url;

    if (!api_url_parse(text, ENDPOINT, &url, &err))
        fail_msg("%s: %s", text, err.message);
    return url;
}

static void expect_refused(const char *text, enum error_code code, const char *part)
{
    struct error err = {.message = "none"};
    struct url url = {.host = "untouched"};

    if (api_url_parse(text, ENDPOINT, &url, &err))
        fail_msg("accepted: %s", text);
    assert_error(&err, code, part);
    assert_string_equal(url.host, "untouched");
}

/* Of these APIs; `resource` NULL: none. */
static void expect_resource(const char *text, const char *resource)
{
    static const char *const granted[] = {"https://api.example/v1",
                                          "https://api.example/v1/admin/",
                                          "https://root.example",
                                          "https://port.example:8443/",
                                          "http://localhost:8080/v1",
                                          "http://[::1]:8080/v1",
                                          "https://query.example/?v=1",
                                          "https://TENANT.example/api",
                                          "urn:logto:resource:organizations",
                                          "my-api",
                                          ""};
    _cleanup_list_ struct list resources = LIST_EMPTY;
    struct url url = parse(text);
    struct api_target target;

    for (size_t i = 0; i < ARRAY_SIZE(granted); i++)
        list_append(&resources, granted[i]);
    target = api_target_find(&url, ENDPOINT, &resources);
    if (!resource && target.token != API_TOKEN_NONE)
        fail_msg("%s would get the token of %s", text, target.resource ? target.resource : "Logto");
    if (resource && (target.token != API_TOKEN_RESOURCE || strcmp(target.resource, resource) != 0))
        fail_msg("%s would not get the token of %s", text, resource);
}

static void expect_opaque(const char *text, bool opaque)
{
    _cleanup_list_ struct list none = LIST_EMPTY;
    struct url url = parse(text);
    struct api_target target = api_target_find(&url, ENDPOINT, &none);

    if ((target.token == API_TOKEN_OPAQUE) != opaque || target.resource)
        fail_msg("%s: %d", text, target.token);
}

static void the_longest_prefix_wins(void **state)
{
    (void)state;
    expect_resource("https://api.example/v1", "https://api.example/v1");
    expect_resource("https://api.example/v1/", "https://api.example/v1");
    expect_resource("https://api.example/v1?x=/admin", "https://api.example/v1");
    expect_resource("https://api.example/v1//admin", "https://api.example/v1");
    expect_resource("https://api.example/v1/administrators", "https://api.example/v1");
    expect_resource("https://api.example/v1/admin", "https://api.example/v1/admin/");
    expect_resource("https://api.example/v1/admin/users", "https://api.example/v1/admin/");
    expect_resource("https://root.example", "https://root.example");
    expect_resource("https://root.example/a?b", "https://root.example");
}

static void a_prefix_ends_with_a_segment(void **state)
{
    (void)state;
    expect_resource("https://api.example/v10", NULL);
    expect_resource("https://api.example/v1.evil", NULL);
    expect_resource("https://api.example/v1;x", NULL);
    expect_resource("https://api.example/v1%2fadmin", NULL);
    expect_resource("https://api.example/", NULL);
    expect_resource("https://api.example/V1", NULL);
    expect_resource("https://api.example/%761", NULL);
    expect_resource("https://api.example//v1", NULL);
    expect_resource("https://api.example/?/v1", NULL);
}

static void another_origin_gets_nothing(void **state)
{
    (void)state;
    expect_resource("https://api.example.evil/v1", NULL);
    expect_resource("https://evil.api.example/v1", NULL);
    expect_resource("https://api-example/v1", NULL);
    expect_resource("https://evil.example/https://api.example/v1", NULL);
    expect_resource("https://root.example.evil", NULL);
    expect_resource("https://root.exampleevil", NULL);
    expect_resource("http://127.0.0.1:8080/v1", NULL);
}

static void another_port_or_scheme_gets_nothing(void **state)
{
    (void)state;
    expect_resource("https://api.example:8443/v1", NULL);
    expect_resource("https://api.example:80/v1", NULL);
    expect_resource("https://port.example/", NULL);
    expect_resource("https://localhost:8080/v1", NULL);
    expect_resource("http://localhost/v1", NULL);
    expect_resource("http://localhost:80/v1", NULL);
    expect_refused("http://api.example/v1", ERROR_USAGE, "https");
    expect_refused("http://api.example:443/v1", ERROR_USAGE, "https");
}

static void spellings_of_the_same_origin_are_one(void **state)
{
    (void)state;
    expect_resource("HTTPS://API.EXAMPLE/v1", "https://api.example/v1");
    expect_resource("https://api.example:443/v1", "https://api.example/v1");
    expect_resource("https://Port.Example:8443", "https://port.example:8443/");
    expect_resource("http://LOCALHOST:8080/v1/x", "http://localhost:8080/v1");
    expect_resource("http://[0:0:0:0:0:0:0:1]:8080/v1", "http://[::1]:8080/v1");
    expect_resource("https://tenant.example/api/users", "https://TENANT.example/api");
}

static void what_two_parsers_read_differently_is_refused(void **state)
{
    (void)state;
    expect_refused("https://api.example./v1", ERROR_USAGE, "empty");
    expect_refused("https://api.example@evil.example/v1", ERROR_USAGE, "user");
    expect_refused("https://api.example:pw@evil.example/v1", ERROR_USAGE, "user");
    expect_refused("https://evil.example\\@api.example/v1", ERROR_USAGE, "user");
    expect_refused("https://evil.example\\.api.example/v1", ERROR_USAGE, "host name");
    expect_refused("https://api.example/v1/../v2", ERROR_USAGE, "'..'");
    expect_refused("https://api.example/v1/%2e%2e/v2", ERROR_USAGE, "'..'");
    expect_refused("https://api.example/v1/.%2E/v2", ERROR_USAGE, "'..'");
    expect_refused("https://api.example/v1/..%2fv2", ERROR_USAGE, "'..'");
    expect_refused("https://api.example/v1/%2e%2e%5cv2", ERROR_USAGE, "'..'");
    expect_refused("https://api.example/v1/..;/v2", ERROR_USAGE, "'..'");
    expect_refused("https://api.example/v1\\..\\v2", ERROR_USAGE, "percent-encoded");
    expect_refused("https://api.example/v1\r\nHost: evil", ERROR_USAGE, "percent-encoded");
    expect_refused("https://api.example/v1\t", ERROR_USAGE, "percent-encoded");
    expect_refused("https://api.example/v1#/x", ERROR_USAGE, "fragment");
    expect_refused("https://\xc3\xa4pi.example/v1", ERROR_USAGE, "host name");
    expect_refused("https://api%2eexample/v1", ERROR_USAGE, "host name");
    expect_refused("https://[::1%25lo]/v1", ERROR_USAGE, "IPv6");
    expect_refused("http://[::ffff:127.0.0.1]:8080/v1", ERROR_USAGE, "https");
    expect_refused("http://2130706433:8080/v1", ERROR_USAGE, "IPv4");
    expect_refused("http://0x7f.1:8080/v1", ERROR_USAGE, "IPv4");
}

static void the_opaque_token_is_for_three_places_of_the_endpoint(void **state)
{
    (void)state;
    expect_opaque("/oidc/me", true);
    expect_opaque("/api/my-account", true);
    expect_opaque("/api/my-account/identities/google/access-token?x", true);
    expect_opaque("/api/verifications/social", true);
    expect_opaque("https://TENANT.example:443/oidc/me", true);
    expect_opaque("/oidc/menu", false);
    expect_opaque("/oidc/token", false);
    expect_opaque("/api/my-accounts", false);
    expect_opaque("/api/users", false);
    expect_opaque("/", false);
    expect_opaque("https://tenant.example:8443/oidc/me", false);
    expect_opaque("https://tenant.example.evil/oidc/me", false);
    expect_opaque("https://evil.example/oidc/me", false);
}

/* The Management API is at the same endpoint, where one API's identifier is a prefix of these three as well.
 */
static void the_opaque_token_goes_before_an_api(void **state)
{
    _cleanup_list_ struct list resources = LIST_EMPTY;
    struct url url = parse("/api/my-account");

    (void)state;
    list_append(&resources, ENDPOINT "/api");
    assert_int_equal(api_target_find(&url, ENDPOINT, &resources).token, API_TOKEN_OPAQUE);
    url = parse("/api/users");
    assert_int_equal(api_target_find(&url, ENDPOINT, &resources).token, API_TOKEN_RESOURCE);
    assert_int_equal(api_target_find(&url, NULL, &resources).token, API_TOKEN_RESOURCE);
}

static void paths_belong_to_the_endpoint(void **state)
{
    struct error err;
    struct url url = parse("/api/users?page=2");

    (void)state;
    assert_string_equal(url.host, "tenant.example");
    assert_string_equal(url.path, "/api/users");
    assert_string_equal(url.query, "page=2");
    expect_refused("//evil.example/api", ERROR_USAGE, "//");
    expect_refused("/../x", ERROR_USAGE, "'..'");
    expect_refused("/\\evil.example", ERROR_USAGE, "percent-encoded");
    expect_refused("api/users", ERROR_USAGE, "begin");
    expect_refused("@evil.example/", ERROR_USAGE, "begin");
    expect_refused("", ERROR_USAGE, "begin");
    expect_refused("ftp://api.example/v1", ERROR_USAGE, "begin");
    assert_false(api_url_parse("/api/users", NULL, &url, &err));
    assert_error(&err, ERROR_CONFIG, "no Logto endpoint");
    assert_true(api_url_parse("http://127.0.0.1:1/x", NULL, &url, &err));
}

static void expect_guess(const char *text, const char *identifier)
{
    struct url url = parse(text);
    _cleanup_free_ char *guess = api_target_guess(&url, ENDPOINT);

    assert_string_equal(guess, identifier);
}

static void a_hint_names_the_probable_identifier(void **state)
{
    (void)state;
    expect_guess("/api/users", ENDPOINT "/api");
    expect_guess("/apis", ENDPOINT);
    expect_guess("https://API.example:443/v1/x?y", "https://api.example");
    expect_guess("http://[::1]:8080/v1", "http://[::1]:8080");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_prefix_wins),
        cmocka_unit_test(a_prefix_ends_with_a_segment),
        cmocka_unit_test(another_origin_gets_nothing),
        cmocka_unit_test(another_port_or_scheme_gets_nothing),
        cmocka_unit_test(spellings_of_the_same_origin_are_one),
        cmocka_unit_test(what_two_parsers_read_differently_is_refused),
        cmocka_unit_test(the_opaque_token_is_for_three_places_of_the_endpoint),
        cmocka_unit_test(the_opaque_token_goes_before_an_api),
        cmocka_unit_test(paths_belong_to_the_endpoint),
        cmocka_unit_test(a_hint_names_the_probable_identifier),
    };

    return cmocka_run_group_tests_name("api_target", tests, NULL, NULL);
}
