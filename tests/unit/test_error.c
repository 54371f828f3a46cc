#include "unit.h"

#include <errno.h>

static void sets_code_and_message(void **state)
{
    struct error err = {.code = ERROR_NONE, .hint = "an old hint"};

    (void)state;
    assert_false(error_set(&err, ERROR_CONFIG, "no profile '%s'", "work"));
    assert_int_equal(err.code, ERROR_CONFIG);
    assert_string_equal(err.message, "no profile 'work'");
    assert_string_equal(err.hint, "");
}

static void appends_what_errno_means(void **state)
{
    struct error err;

    (void)state;
    errno = EACCES;
    assert_false(error_set_errno(&err, ERROR_IO, "cannot open %s", "x"));
    assert_string_equal(err.message, "cannot open x: Permission denied");
}

static void puts_context_in_front(void **state)
{
    struct error err;

    (void)state;
    error_set(&err, ERROR_NETWORK, "no route");
    error_hint(&err, "try %d", 2);
    assert_false(error_context(&err, "refreshing '%s'", "work"));
    assert_string_equal(err.message, "refreshing 'work': no route");
    assert_string_equal(err.hint, "try 2");
    assert_int_equal(err.code, ERROR_NETWORK);
}

static void cuts_long_text(void **state)
{
    struct error err;
    char text[4096];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    error_set(&err, ERROR_IO, "%s", text);
    assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
    error_context(&err, "%s", text);
    assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
    error_hint(&err, "%s", text);
    assert_int_equal(strlen(err.hint), sizeof(err.hint) - 1);
    errno = ENOENT;
    error_set_errno(&err, ERROR_IO, "%s", text);
    assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
}

/* The words and exit codes that scripts rely on (the command line contract). */
static void keeps_the_contract(void **state)
{
    static const struct {
        enum error_code code;
        const char *word;
        int exit_status;
    } contract[] = {
        {ERROR_NONE, "none", 0},
        {ERROR_INTERNAL, "internal", 1},
        {ERROR_IO, "io", 1},
        {ERROR_HTTP, "http", 1},
        {ERROR_USAGE, "usage", 2},
        {ERROR_CONFIG, "config", 2},
        {ERROR_NOT_SIGNED_IN, "not_signed_in", 3},
        {ERROR_SESSION_ENDED, "session_ended", 3},
        {ERROR_DENIED, "denied", 4},
        {ERROR_CANCELLED, "cancelled", 4},
        {ERROR_TIMEOUT, "timeout", 4},
        {ERROR_NO_BROWSER, "no_browser", 4},
        {ERROR_TOKEN_INVALID, "token_invalid", 5},
        {ERROR_NETWORK, "network", 6},
        {ERROR_TLS, "tls", 6},
        {ERROR_PROTOCOL, "protocol", 6},
        {ERROR_RATE_LIMITED, "rate_limited", 6},
        {ERROR_STORE_UNAVAILABLE, "store_unavailable", 7},
        {ERROR_STORE_LOCKED, "store_locked", 7},
        {ERROR_PORT_IN_USE, "port_in_use", 8},
        {ERROR_NOT_GRANTED, "not_granted", 9},
        {ERROR_INTERRUPTED, "interrupted", 130},
    };

    (void)state;
    assert_int_equal(sizeof(contract) / sizeof(contract[0]), ERROR_CODE_COUNT);
    for (size_t i = 0; i < ERROR_CODE_COUNT; i++) {
        assert_string_equal(error_code_word(contract[i].code), contract[i].word);
        assert_int_equal(error_exit_status(contract[i].code), contract[i].exit_status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_code_and_message), cmocka_unit_test(appends_what_errno_means),
        cmocka_unit_test(puts_context_in_front), cmocka_unit_test(cuts_long_text),
        cmocka_unit_test(keeps_the_contract),
    };

    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
