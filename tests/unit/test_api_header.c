/* Headers that the user adds, and those of a response. */
#include "unit.h"

#include "cmd/api_header.h"

#include <stdlib.h>

static void expect_read(const char *text, const char *line)
{
    _cleanup_list_ struct list lines = LIST_EMPTY;
    _cleanup_list_ struct list out = LIST_EMPTY;
    struct error err = {.message = ""};

    list_append(&lines, text);
    if (!api_headers_read(&lines, &out, &err))
        fail_msg("%s: %s", text, err.message);
    assert_int_equal(out.count, 1);
    assert_string_equal(out.items[0], line);
}

static void expect_refused(const char *text, const char *part)
{
    _cleanup_list_ struct list lines = LIST_EMPTY;
    _cleanup_list_ struct list out = LIST_EMPTY;
    struct error err = {.message = "none"};

    list_append(&lines, text);
    if (api_headers_read(&lines, &out, &err))
        fail_msg("accepted: %s", text);
    assert_error(&err, ERROR_USAGE, part);
    assert_null(strstr(err.message, "hunter2"));
    assert_int_equal(out.count, 0);
}

static void headers_are_sent_as_given(void **state)
{
    (void)state;
    expect_read("X-A: b c\t~", "X-A: b c\t~");
    expect_read("X-A:b", "X-A: b");
    expect_read("Accept: a:b; q=1", "Accept: a:b; q=1");
    expect_read("X-Empty:", "X-Empty;");
    expect_read("X-Empty:  ", "X-Empty;");
    expect_read("Authorization-X: b", "Authorization-X: b");
    expect_read("Cookies: b", "Cookies: b");
    expect_read("Proxy: b", "Proxy: b");
}

static void the_programs_own_are_refused(void **state)
{
    (void)state;
    expect_refused("Authorization: hunter2", "cannot set Authorization");
    expect_refused("aUTHORIZATION:hunter2", "cannot set");
    expect_refused("Host: hunter2", "cannot set");
    expect_refused("cookie: hunter2", "cannot set");
    expect_refused("Proxy-: hunter2", "cannot set");
    expect_refused("PROXY-Authorization: hunter2", "cannot set");
    expect_refused("Content-Length: 2", "cannot set");
    expect_refused("Transfer-Encoding:", "cannot set");
}

static void what_is_no_header_is_refused(void **state)
{
    (void)state;
    expect_refused("hunter2", "Name: value");
    expect_refused("", "Name: value");
    expect_refused(": hunter2", "Name: value");
    expect_refused("X hunter2: b", "Name: value");
    expect_refused("X\r\nA: hunter2", "Name: value");
    expect_refused("Authorization : hunter2", "Name: value");
    expect_refused("X\xc3\xa4: hunter2", "Name: value");
    expect_refused("X: hunter2\r\nAuthorization: x", "printable");
    expect_refused("X: hunter2\n", "printable");
    expect_refused("X: hunter2\x7f", "printable");
    expect_refused("X: \xc3\xa4", "printable");
}

static void names_are_found_in_any_case(void **state)
{
    _cleanup_list_ struct list lines = LIST_EMPTY;

    (void)state;
    list_append(&lines, "Content-Type: x");
    list_append(&lines, "X-Empty;");
    assert_true(api_headers_have(&lines, "content-type"));
    assert_true(api_headers_have(&lines, "x-empty"));
    assert_false(api_headers_have(&lines, "content"));
    assert_false(api_headers_have(&lines, "content-type-x"));
}

static void a_head_is_read(void **state)
{
    _cleanup_buffer_ struct buffer head = BUFFER(1000);
    _cleanup_free_ char *status = NULL;
    _cleanup_free_ char *location = NULL;
    _cleanup_json_ struct json *object = NULL;
    char *text;

    (void)state;
    buffer_append_text(
        &head,
        "HTTP/1.1 302 Found: it \r\nLOCATION:  https://a/ \r\nLocation: b\r\nSet-Cookie: a=1\r\n"
        "Set-Cookie: b\r\n folded: line\r\nno colon\r\nX: 1\r\nx:2\r\nEmpty:\r\n",
        NULL);
    status = api_head_status(&head);
    location = api_head_value(&head, "location");
    object = api_head_json(&head);
    text = json_print(object, false);
    assert_string_equal(status, "302 Found: it");
    assert_string_equal(location, "https://a/");
    assert_null(api_head_value(&head, "http/1.1 302 found"));
    assert_string_equal(text, "{\"location\":\"https://a/, b\",\"set-cookie\":[\"a=1\",\"b\"],\"x\":\"1, 2\","
                              "\"empty\":\"\"}");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_sent_as_given),
        cmocka_unit_test(the_programs_own_are_refused),
        cmocka_unit_test(what_is_no_header_is_refused),
        cmocka_unit_test(names_are_found_in_any_case),
        cmocka_unit_test(a_head_is_read),
    };

    return cmocka_run_group_tests_name("api_header", tests, NULL, NULL);
}
