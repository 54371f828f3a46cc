#include "unit.h"

#include "codec/bearer.h"

#include <string.h>

static void expect_bytes(const char *text, size_t length, const char *expected)
{
    size_t found;
    const char *token = bearer_token(text, length, &found);

    if (found != strlen(expected) || memcmp(token, expected, found) != 0)
        fail_msg("\"%s\" gives \"%.*s\", not \"%s\"", text, (int)found, token, expected);
    assert_true(token >= text && token + found <= text + length);
}

static void expect(const char *text, const char *expected)
{
    expect_bytes(text, strlen(text), expected);
}

static void a_bare_token_stays_as_it_is(void **state)
{
    (void)state;
    expect("a.b.c", "a.b.c");
    expect("Bearer", "Bearer");
    expect("BearerToken", "BearerToken");
    expect("Bearer.b.c", "Bearer.b.c");
    expect("Authorization", "Authorization");
    expect("", "");
}

static void white_space_goes(void **state)
{
    (void)state;
    expect(" \t\r\na.b.c\r\n\t ", "a.b.c");
    expect(" \n ", "");
}

static void the_scheme_goes_in_any_case(void **state)
{
    (void)state;
    expect("Bearer a.b.c", "a.b.c");
    expect("bearer a.b.c\n", "a.b.c");
    expect("  BEARER \t a.b.c", "a.b.c");
    expect("DPoP a.b.c", "DPoP a.b.c");
    expect("Bearer Bearer a.b.c", "Bearer a.b.c");
}

static void a_whole_header_line_goes(void **state)
{
    (void)state;
    expect("Authorization: Bearer a.b.c\r\n", "a.b.c");
    expect("authorization:bearer a.b.c", "a.b.c");
    expect("AUTHORIZATION: a.b.c", "a.b.c");
    expect("Proxy-Authorization: Bearer a.b.c", "Proxy-Authorization: Bearer a.b.c");
}

static void quotes_go_in_pairs(void **state)
{
    (void)state;
    expect("\"a.b.c\"", "a.b.c");
    expect("'a.b.c'\n", "a.b.c");
    expect("'\"a.b.c\"'", "a.b.c");
    expect("\" a.b.c \"", "a.b.c");
    expect("'Authorization: Bearer a.b.c'", "a.b.c");
    expect("Authorization: \"Bearer a.b.c\"", "a.b.c");
    expect("Bearer \"a.b.c\"", "a.b.c");
    expect("\"\"", "");
    expect("\"a.b.c", "\"a.b.c");
    expect("a.b.c'", "a.b.c'");
    expect("\"a.b.c'", "\"a.b.c'");
    expect("\"", "\"");
}

static void only_the_given_bytes_count(void **state)
{
    (void)state;
    expect_bytes("Bearer a.b.c", strlen("Bearer a"), "a");
    expect_bytes("Bearer a", strlen("Bear"), "Bear");
    expect_bytes("Authorization: x", strlen("Authorization"), "Authorization");
    expect_bytes("x", 0, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bare_token_stays_as_it_is), cmocka_unit_test(white_space_goes),
        cmocka_unit_test(the_scheme_goes_in_any_case), cmocka_unit_test(a_whole_header_line_goes),
        cmocka_unit_test(quotes_go_in_pairs),          cmocka_unit_test(only_the_given_bytes_count),
    };

    return cmocka_run_group_tests_name("bearer", tests, NULL, NULL);
}
