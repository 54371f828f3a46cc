#include "unit.h"

#include "codec/url.h"

#include <stdio.h>

static struct url parse(const char *text)
{
    struct error err = {.message = ""};
    struct url url;

    if (!url_parse(text, &url, &err))
        fail_msg("%s: %s", text, err.message);
    return url;
}

static void refuse(const char *text, const char *part)
{
    struct error err = {.message = "none"};
    struct url url = {.host = "untouched"};

    if (url_parse(text, &url, &err))
        fail_msg("accepted: %s", text);
    assert_error(&err, ERROR_USAGE, part);
    assert_string_equal(url.host, "untouched");
}

static void reads_all_parts(void **state)
{
    struct url url = parse("HTTPS://Auth.Example.COM:8443/oidc/auth?a=b&c=%2F?/d");

    (void)state;
    assert_true(url.secure);
    assert_false(url.ipv6);
    assert_string_equal(url.host, "auth.example.com");
    assert_int_equal(url.port, 8443);
    assert_string_equal(url.path, "/oidc/auth");
    assert_string_equal(url.query, "a=b&c=%2F?/d");
}

static void fills_in_what_is_missing(void **state)
{
    struct url url = parse("http://localhost");

    (void)state;
    assert_false(url.secure);
    assert_int_equal(url.port, 80);
    assert_string_equal(url.path, "/");
    assert_string_equal(url.query, "");
    url = parse("https://a?x=1");
    assert_int_equal(url.port, 443);
    assert_string_equal(url.path, "/");
    assert_string_equal(url.query, "x=1");
    url = parse("https://a/?");
    assert_string_equal(url.query, "");
}

static void reads_ipv6(void **state)
{
    struct url url = parse("http://[0:0:0:0:0:0:0:1]:3000/callback");

    (void)state;
    assert_true(url.ipv6);
    assert_string_equal(url.host, "::1");
    assert_int_equal(url.port, 3000);
    url = parse("https://[2001:DB8::A]");
    assert_string_equal(url.host, "2001:db8::a");
    refuse("http://[::1", "IPv6");
    refuse("http://[::g]/", "IPv6");
    refuse("http://[]/", "IPv6");
    refuse("http://[1.2.3.4]/", "IPv6");
    refuse("http://[fe80::1%25eth0]/", "IPv6");
    refuse("http://[::1]x/", "after");
    refuse("http://[::1]:/", "port");
    refuse("http://::1/", "missing host");
    refuse("http://[v1.x]/", "IPv6");
    refuse("http://[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]/", "IPv6");
}

static void refuses_other_schemes(void **state)
{
    (void)state;
    refuse("", "begin");
    refuse("example.com", "begin");
    refuse("//example.com", "begin");
    refuse("ftp://example.com", "begin");
    refuse("https:/example.com", "begin");
    refuse("https:example.com", "begin");
    refuse(" https://example.com", "begin");
    refuse("httpsx://example.com", "begin");
    refuse("javascript:alert(1)", "begin");
}

static void refuses_ambiguous_hosts(void **state)
{
    char label[80];
    char text[400];

    (void)state;
    refuse("https://", "missing host");
    refuse("https:///path", "missing host");
    refuse("https://:80/", "missing host");
    refuse("https://user@example.com/", "user");
    refuse("https://user:pass@example.com/", "user");
    refuse("https://a@b@c/", "user");
    refuse("https://exa mple.com/", "host name");
    refuse("https://ex%61mple.com/", "host name");
    refuse("https://ex\xc3\xa4mple.com/", "host name");
    refuse("https://a\\b/", "host name");
    refuse("https://a\tb/", "host name");
    refuse("https://a\nb/", "host name");
    refuse("https://a..b/", "empty");
    refuse("https://.a/", "empty");
    refuse("https://a./", "empty");
    refuse("https://a,b/", "host name");
    memset(label, 'a', 64);
    label[64] = '\0';
    snprintf(text, sizeof(text), "https://%s.example/", label);
    refuse(text, "too long");
    snprintf(text, sizeof(text), "https://%s/", label + 1);
    parse(text);
    snprintf(text, sizeof(text), "https://%s.%s.%s.%s.a/", label + 1, label + 1, label + 1, label + 1);
    refuse(text, "too long");
}

/* Browsers read every one of these as an IPv4 address. */
static void refuses_odd_ipv4(void **state)
{
    static const char *const odd[] = {
        "127.1",     "2130706433", "0x7f000001", "0177.0.0.1",    "0x7f.0.0.1", "127.0.0.0x1", "1.2.3",
        "1.2.3.4.5", "256.1.1.1",  "127.0.0.01", "example.com.1", "0x",         "example.0xA", "1.2.3.08"};
    char text[64];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
        snprintf(text, sizeof(text), "http://%s/", odd[i]);
        refuse(text, "IPv4");
    }
    parse("http://127.0.0.1/");
    parse("http://1a.2b.3c/");
    parse("http://0xg/");
}

static void checks_ports(void **state)
{
    (void)state;
    assert_int_equal(parse("http://a:1/").port, 1);
    assert_int_equal(parse("http://a:65535").port, 65535);
    refuse("http://a:0/", "port");
    refuse("http://a:65536/", "port");
    refuse("http://a:99999/", "port");
    refuse("http://a:100000/", "port");
    refuse("http://a:/", "port");
    refuse("http://a:+80/", "port");
    refuse("http://a:-1/", "port");
    refuse("http://a:80a/", "port");
    refuse("http://a: 80/", "port");
    refuse("http://a:080/", "port");
    refuse("http://a:80:80/", "port");
}

static void checks_path_and_query(void **state)
{
    char text[4096];

    (void)state;
    parse("https://a/-._~!$&'()*+,;=:@%20/x");
    parse("https://a/x?-._~!$&'()*+,;=:@%20/?x");
    refuse("https://a/#", "fragment");
    refuse("https://a#x", "fragment");
    refuse("https://a/?x#y", "fragment");
    refuse("https://a/x y", "percent-encoded");
    refuse("https://a/x\\y", "percent-encoded");
    refuse("https://a/\"", "percent-encoded");
    refuse("https://a/<", "percent-encoded");
    refuse("https://a/x\x7f", "percent-encoded");
    refuse("https://a/\xc3\xa9", "percent-encoded");
    refuse("https://a/?\r\n", "percent-encoded");
    refuse("https://a/?a[]=1", "percent-encoded");
    refuse("https://a/%", "hexadecimal");
    refuse("https://a/%1", "hexadecimal");
    refuse("https://a/%1g", "hexadecimal");
    refuse("https://a/?%", "hexadecimal");
    memset(text, 'a', sizeof(text));
    memcpy(text, "https://a/", 10);
    text[10 + 1022] = '\0';
    assert_int_equal(strlen(parse(text).path), 1023);
    text[10 + 1022] = 'a';
    text[10 + 1023] = '\0';
    refuse(text, "too long");
    memset(text, 'a', sizeof(text));
    memcpy(text, "https://a/?", 11);
    text[11 + 2047] = '\0';
    assert_int_equal(strlen(parse(text).query), 2047);
    text[11 + 2047] = 'a';
    text[11 + 2048] = '\0';
    refuse(text, "too long");
}

static void refuses_dot_segments(void **state)
{
    static const char *const dots[] = {"/.",          "/..",           "/a/../b",   "/a/./b",    "/%2e",
                                       "/.%2E/x",     "/%2e%2e/",      "/a/..",     "/a/..%2fb", "/a%2f..",
                                       "/a%2F..%5Cb", "/a/%2e%2e%2fb", "/a/%5c%2E", "/a/..;/b",  "/a/..;x=1/",
                                       "/a/.%3bx/b",  "/a/%2e.%3B/b"};
    char text[64];

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(dots); i++) {
        snprintf(text, sizeof(text), "https://a%s", dots[i]);
        refuse(text, "'.'");
    }
    parse("https://a/.well-known/x");
    parse("https://a/a..b/...");
    parse("https://a/a%2fb/x;y/a..%2f.../..a;b");
    parse("https://a/x?/../");
}

/* What is sent is what was parsed: reading it again changes nothing. */
static void expect_written(const char *text, const char *written)
{
    _cleanup_buffer_ struct buffer first = BUFFER(URL_MAXIMUM);
    _cleanup_buffer_ struct buffer second = BUFFER(URL_MAXIMUM);
    struct url url = parse(text);

    assert_true(url_format(&first, &url, NULL));
    assert_string_equal(buffer_text(&first), written);
    url = parse(buffer_text(&first));
    assert_true(url_format(&second, &url, NULL));
    assert_string_equal(buffer_text(&second), written);
}

static void writes_what_it_read(void **state)
{
    char text[4096];

    (void)state;
    expect_written("HTTPS://A.Example:443?", "https://a.example/");
    expect_written("http://a:80/b%2Fc//d", "http://a/b%2Fc//d");
    expect_written("http://a:443/?x=1&y=%20?/", "http://a:443/?x=1&y=%20?/");
    expect_written("https://a:80/", "https://a:80/");
    expect_written("https://[2001:DB8:0:0::1]:8443/x", "https://[2001:db8::1]:8443/x");
    memset(text, 'a', sizeof(text));
    memcpy(text, "https://a/", 10);
    text[10 + 1022] = '?';
    text[10 + 1022 + 1 + 2047] = '\0';
    expect_written(text, text);
}

static void expect_origins(bool same, const char *first, const char *second)
{
    struct url a = parse(first);
    struct url b = parse(second);

    assert_int_equal(url_same_origin(&a, &b), same);
    assert_int_equal(url_same_origin(&b, &a), same);
}

static void compares_origins(void **state)
{
    (void)state;
    expect_origins(true, "https://a/x", "HTTPS://A:443/y?z");
    expect_origins(true, "http://a", "http://a:80/");
    expect_origins(true, "http://[::1]:1/", "http://[0:0::1]:1/");
    expect_origins(false, "https://a/", "http://a/");
    expect_origins(false, "https://a:80/", "http://a/");
    expect_origins(false, "https://a/", "https://a:8443/");
    expect_origins(false, "https://a/", "https://b.a/");
    expect_origins(false, "https://a/", "https://ab/");
    expect_origins(false, "http://localhost/", "http://127.0.0.1/");
    expect_origins(false, "http://127.0.0.1/", "http://[::ffff:127.0.0.1]/");
}

/* Nothing secret that somebody put into a URL comes back in the message. */
static void keeps_the_url_out_of_the_message(void **state)
{
    struct error err;
    struct url url;

    (void)state;
    assert_false(url_parse("https://user:hunter2@example.com/", &url, &err));
    assert_null(strstr(err.message, "hunter2"));
}

/* RFC 8252, 7.3 and 8.3. */
static void knows_loopback(void **state)
{
    static const char *const loopback[] = {"http://localhost/", "http://LOCALHOST:1/", "http://127.0.0.1/",
                                           "http://127.255.255.254/", "http://[::1]/"};
    static const char *const other[] = {"http://localhost.example/",
                                        "http://128.0.0.1/",
                                        "http://126.0.0.1/",
                                        "http://0.0.0.0/",
                                        "http://[::]/",
                                        "http://[::ffff:127.0.0.1]/",
                                        "http://127.a/",
                                        "http://a.localhost/",
                                        "http://10.127.0.1/"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(loopback); i++) {
        struct url url = parse(loopback[i]);

        assert_true(url_is_loopback(&url));
    }
    for (size_t i = 0; i < ARRAY_SIZE(other); i++) {
        struct url url = parse(other[i]);

        assert_false(url_is_loopback(&url));
    }
}

static void builds_forms(void **state)
{
    _cleanup_buffer_ struct buffer form = BUFFER(100);
    _cleanup_buffer_ struct buffer url = BUFFER(100);
    _cleanup_secret_ struct secret *secret = secret_from_text("s/1");
    struct error err;

    (void)state;
    assert_true(form_append(&form, "a b", "1 2+3", &err));
    assert_true(form_append(&form, "none", NULL, &err));
    assert_true(form_append_secret(&form, "none", NULL, &err));
    assert_true(form_append(&form, "empty", "", &err));
    assert_true(form_append_secret(&form, "s", secret, &err));
    assert_true(form_append(&form, "u", "\xc3\xa9-._~&=%#", &err));
    assert_string_equal(buffer_text(&form), "a%20b=1%202%2B3&empty=&s=s%2F1&u=%C3%A9-._~%26%3D%25%23");
    assert_true(buffer_append_text(&url, "https://a/?", &err));
    assert_true(form_append(&url, "x", "1", &err));
    assert_true(form_append(&url, "y", "2", &err));
    assert_string_equal(buffer_text(&url), "https://a/?x=1&y=2");
}

static void builds_whole_or_not_at_all(void **state)
{
    _cleanup_buffer_ struct buffer form = BUFFER(10);
    _cleanup_secret_ struct secret *secret = secret_from_text("0123456789");
    struct error err;

    (void)state;
    assert_true(form_append(&form, "a", "1", &err));
    assert_false(form_append(&form, "b", "123456", &err));
    assert_error(&err, ERROR_PROTOCOL, "10 bytes");
    assert_string_equal(buffer_text(&form), "a=1");
    assert_false(form_append(&form, "b", "1/2", &err));
    assert_false(form_append_secret(&form, "b", secret, &err));
    assert_string_equal(buffer_text(&form), "a=1");
    for (size_t i = form.length; i < 10; i++)
        assert_int_equal(form.data[i], '\0');
    assert_true(form_append(&form, "b", "1234", &err));
    assert_string_equal(buffer_text(&form), "a=1&b=1234");
}

static void expect_found(const char *query, const char *name, const char *value)
{
    _cleanup_buffer_ struct buffer out = BUFFER(100);

    assert_int_equal(form_find(query, name, &out), FORM_ONCE);
    assert_string_equal(buffer_text(&out), value);
}

static void expect_result(const char *query, const char *name, enum form_result result)
{
    _cleanup_buffer_ struct buffer out = BUFFER(5);
    struct error err;

    assert_true(buffer_append_text(&out, "x", &err));
    assert_int_equal(form_find(query, name, &out), result);
    assert_string_equal(buffer_text(&out), "x");
}

static void finds_parameters(void **state)
{
    (void)state;
    expect_found("code=abc&state=xyz", "code", "abc");
    expect_found("code=abc&state=xyz", "state", "xyz");
    expect_found("&&a=1&", "a", "1");
    expect_found("a", "a", "");
    expect_found("a=", "a", "");
    expect_found("a=b=c", "a", "b=c");
    expect_found("a=x+y%20z%2B", "a", "x y z+");
    expect_found("st%61te=1", "state", "1");
    expect_found("a+b=1", "a b", "1");
    expect_found("a=%C3%A9", "a", "\xc3\xa9");
    expect_found("bad=%zz&a=1", "a", "1");
    expect_result("", "a", FORM_ABSENT);
    expect_result(NULL, "a", FORM_ABSENT);
    expect_result("&", "", FORM_ABSENT);
    expect_result("aa=1&A=2&b=a", "a", FORM_ABSENT);
    expect_result("a%00=1", "a", FORM_ABSENT);
    expect_result("a=1&a=1", "a", FORM_REPEATED);
    expect_result("a=1&%61", "a", FORM_REPEATED);
    expect_result("a=%zz&a=1", "a", FORM_REPEATED);
    expect_result("a=%", "a", FORM_MALFORMED);
    expect_result("a=%4", "a", FORM_MALFORMED);
    expect_result("a=%4&1=2", "a", FORM_MALFORMED);
    expect_result("a=%g1", "a", FORM_MALFORMED);
    expect_result("a=x%00y", "a", FORM_MALFORMED);
    expect_result("a=12345", "a", FORM_MALFORMED); /* no room */
}

/* Every byte but NUL survives being sent. */
static void goes_round(void **state)
{
    _cleanup_buffer_ struct buffer form = BUFFER(2000);
    char bytes[256];
    struct error err;

    (void)state;
    for (int i = 0; i < 255; i++)
        bytes[i] = (char)(i + 1);
    bytes[255] = '\0';
    assert_true(form_append(&form, bytes, bytes, &err));
    {
        _cleanup_buffer_ struct buffer out = BUFFER(255);

        assert_int_equal(form_find(buffer_text(&form), bytes, &out), FORM_ONCE);
        assert_string_equal(buffer_text(&out), bytes);
    }
}

static void a_value_is_carried_once_and_to_the_letter(void **state)
{
    _cleanup_secret_ struct secret *value = secret_from_text("a b");
    _cleanup_secret_ struct secret *empty = secret_from_text("");

    (void)state;
    assert_true(form_carries("code=1&state=a%20b", "state", value));
    assert_true(form_carries("state=a+b", "state", value));
    assert_false(form_carries("state=a%20b&state=a%20b", "state", value));
    assert_false(form_carries("state=a%20", "state", value));
    assert_false(form_carries("state=a%20bc", "state", value));
    assert_false(form_carries("", "state", value));
    assert_false(form_carries("state=", "state", empty));
    assert_false(form_carries("state=a", "state", NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_carried_once_and_to_the_letter),
        cmocka_unit_test(reads_all_parts),
        cmocka_unit_test(fills_in_what_is_missing),
        cmocka_unit_test(reads_ipv6),
        cmocka_unit_test(refuses_other_schemes),
        cmocka_unit_test(refuses_ambiguous_hosts),
        cmocka_unit_test(refuses_odd_ipv4),
        cmocka_unit_test(checks_ports),
        cmocka_unit_test(checks_path_and_query),
        cmocka_unit_test(refuses_dot_segments),
        cmocka_unit_test(writes_what_it_read),
        cmocka_unit_test(compares_origins),
        cmocka_unit_test(keeps_the_url_out_of_the_message),
        cmocka_unit_test(knows_loopback),
        cmocka_unit_test(builds_forms),
        cmocka_unit_test(builds_whole_or_not_at_all),
        cmocka_unit_test(finds_parameters),
        cmocka_unit_test(goes_round),
    };

    return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
