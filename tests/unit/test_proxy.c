/* The proxy that the environment names, and that its credentials are never shown. */
#include "net/proxy.h"

#include "unit.h"

#include <stdlib.h>

static const char *const variables[] = {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                                        "all_proxy",  "ALL_PROXY",  "no_proxy",    "NO_PROXY"};

static int clear(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
        unsetenv(variables[i]);
    return 0;
}

static struct proxy proxy_of(const char *text)
{
    struct proxy proxy;
    struct url url;

    assert_true(url_parse(text, &url, NULL));
    proxy_find(&url, &proxy);
    assert_true(proxy_applies(&url) == (proxy.variable && !proxy.exemption));
    return proxy;
}

static void chooses_the_variable_of_the_scheme(void **state)
{
    (void)state;
    assert_null(proxy_of("https://a.example/").variable);
    setenv("ALL_PROXY", "all:1", 1);
    assert_string_equal(proxy_of("https://a.example/").variable, "ALL_PROXY");
    setenv("HTTPS_PROXY", "upper:2", 1);
    assert_string_equal(proxy_of("https://a.example/").variable, "HTTPS_PROXY");
    setenv("https_proxy", "lower:3", 1);
    assert_string_equal(proxy_of("https://a.example/").address, "lower:3");
    setenv("HTTP_PROXY", "never:4", 1);
    assert_string_equal(proxy_of("http://a.example/").variable, "ALL_PROXY");
    setenv("http_proxy", "plain:5", 1);
    assert_string_equal(proxy_of("http://a.example/").address, "plain:5");
}

static void leaves_this_machine_alone(void **state)
{
    (void)state;
    setenv("all_proxy", "proxy:1", 1);
    assert_null(proxy_of("http://localhost:3001/").variable);
    assert_null(proxy_of("https://127.0.0.1/").variable);
}

static void honors_no_proxy(void **state)
{
    static const char *const covering[] = {"*",       "a.example",  ".a.example", "b, A.EXAMPLE",
                                           "example", "x a.example"};
    static const char *const other[] = {"b.example", "xa.example", "a.example.org", ",", "ample"};

    (void)state;
    setenv("https_proxy", "proxy:1", 1);
    for (size_t i = 0; i < sizeof(covering) / sizeof(*covering); i++) {
        setenv("NO_PROXY", covering[i], 1);
        assert_string_equal(proxy_of("https://a.example/").exemption, "NO_PROXY");
    }
    for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++) {
        setenv("NO_PROXY", other[i], 1);
        assert_null(proxy_of("https://a.example/").exemption);
    }
}

static void never_shows_credentials(void **state)
{
    static const char *const values[][2] = {
        {"http://user:secret@proxy.example:3128", "http://proxy.example:3128"},
        {"user:secret@proxy.example:3128/", "proxy.example:3128"},
        {"http://user:sec/ret@se:cret@proxy.example", "http://proxy.example"},
        {"user:secret://secret@proxy.example", "proxy.example"},
        {"user:a-rather-long-secret://@proxy.example", "proxy.example"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        struct error err;
        struct proxy proxy;
        struct url url;

        setenv("https_proxy", values[i][0], 1);
        proxy = proxy_of("https://a.example/");
        assert_true(proxy.credentials);
        assert_null(strstr(proxy.address, "secret"));
        assert_non_null(strstr(proxy.address, "proxy.example"));
        if (i < 3)
            assert_string_equal(proxy.address, values[i][1]);
        assert_true(url_parse("https://a.example/", &url, NULL));
        assert_false(proxy_fail(&url, 0, values[i][0], "no connection", &err));
        assert_int_equal(err.code, ERROR_NETWORK);
        assert_null(strstr(err.message, "secret"));
        assert_non_null(strstr(err.message, "no connection"));
    }
}

static void says_what_a_proxy_wants(void **state)
{
    struct error err;
    struct url url;

    (void)state;
    assert_true(url_parse("https://a.example/", &url, NULL));
    setenv("https_proxy", "http://p:1", 1);
    assert_false(proxy_fail(&url, 407, "x", "y", &err));
    assert_string_equal(err.message, "the proxy http://p:1 (https_proxy) requires a user name and password");
    assert_false(proxy_fail(&url, 403, "x", "y", &err));
    assert_string_equal(err.message,
                        "the proxy http://p:1 (https_proxy) refuses to connect to a.example: HTTP 403");
    setenv("https_proxy", "http://u:v@p:1", 1);
    assert_false(proxy_fail(&url, 407, "x", "y", &err));
    assert_non_null(strstr(err.message, "does not accept"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(chooses_the_variable_of_the_scheme, clear),
        cmocka_unit_test_setup(leaves_this_machine_alone, clear),
        cmocka_unit_test_setup(honors_no_proxy, clear),
        cmocka_unit_test_setup(never_shows_credentials, clear),
        cmocka_unit_test_setup(says_what_a_proxy_wants, clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
