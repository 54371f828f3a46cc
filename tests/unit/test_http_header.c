/* What is taken from header lines, and that anything else is passed over. */
#include "unit.h"

#include "net/http_header.h"

#include <stdio.h>

static time_t no_date(const char *text, const time_t *unused)
{
    (void)unused;
    return strcmp(text, "Sun, 06 Nov 1994 08:49:37 GMT") == 0 ? 784111777 : -1;
}

static void read_line(struct http_response *response, const char *line)
{
    http_header_read(response, line, strlen(line), no_date);
}

static void fields_are_read_whatever_their_case(void **state)
{
    struct http_response response = HTTP_RESPONSE_EMPTY;

    (void)state;
    read_line(&response, "CONTENT-TYPE: application/json; charset=utf-8\r\n");
    read_line(&response, "etag:\t\"a:b\"\r\n");
    read_line(&response, "Cache-Control: public, max-age=60\r\n");
    read_line(&response, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    read_line(&response, "Retry-After: 17\n");
    assert_true(response.json);
    assert_string_equal(response.etag, "\"a:b\"");
    assert_int_equal(response.max_age, 60);
    assert_int_equal(response.date, 784111777);
    assert_int_equal(response.retry_after, 17);
    read_line(&response, "Cache-Control: no-store, max-age=60\r\n");
    assert_int_equal(response.max_age, 0);
    read_line(&response, "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    assert_int_equal(response.retry_after, 0); /* long ago */
    read_line(&response, "Content-Type: text/html\r\n");
    assert_false(response.json);
}

static void what_is_no_field_of_ours_is_passed_over(void **state)
{
    static const char *const lines[] = {"",
                                        ":",
                                        "etag",
                                        "\r\n",
                                        "etagx: 1\r\n",
                                        "x: etag: 2\r\n",
                                        "e tag: 3\r\n",
                                        "date: x",
                                        "retry-after: tomorrow"};
    struct http_response response = HTTP_RESPONSE_EMPTY;
    char longest[2000];

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        read_line(&response, lines[i]);
    snprintf(longest, sizeof(longest), "ETag: \"%01500d\"\r\n", 0);
    read_line(&response, longest);
    snprintf(longest, sizeof(longest), "ETag: \"%0200d\"\r\n", 0);
    read_line(&response, longest);
    assert_string_equal(response.etag, "");
    assert_int_equal(response.date, -1);
    assert_int_equal(response.retry_after, -1);
}

static void a_new_section_forgets_the_one_before(void **state)
{
    struct http_response response = HTTP_RESPONSE_EMPTY;

    (void)state;
    read_line(&response, "ETag: \"a\"\r\n");
    read_line(&response, "Cache-Control: max-age=60\r\n");
    read_line(&response, "Content-Type: application/problem+json\r\n");
    http_header_reset(&response);
    assert_string_equal(response.etag, "");
    assert_int_equal(response.max_age, -1);
    assert_false(response.json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_read_whatever_their_case),
        cmocka_unit_test(what_is_no_field_of_ours_is_passed_over),
        cmocka_unit_test(a_new_section_forgets_the_one_before),
    };

    return cmocka_run_group_tests_name("http header", tests, NULL, NULL);
}
