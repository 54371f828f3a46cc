#include "unit.h"

#include "base/memory.h"
#include "base/shell.h"

#include <stdio.h>
#include <string.h>

static void expect_quoted(const char *word, const char *expected)
{
    _cleanup_free_ char *quoted = shell_quote(word);

    assert_string_equal(quoted, expected);
}

static void plain_words_stay_bare(void **state)
{
    (void)state;
    expect_quoted("https://api.example.com", "https://api.example.com");
    expect_quoted("urn:logto:scope:organizations", "urn:logto:scope:organizations");
}

static void what_a_shell_would_read_differently_is_quoted(void **state)
{
    (void)state;
    expect_quoted("", "''");
    expect_quoted("a b", "'a b'");
    expect_quoted("https://x?a=1&b=$HOME", "'https://x?a=1&b=$HOME'");
    expect_quoted("it's", "'it'\\''s'");
    expect_quoted("\n", "'\n'");
    expect_quoted("''", "''\\'''\\'''");
}

/* The shell itself is the judge. */
static void a_shell_reads_back_what_was_quoted(void **state)
{
    static const char *const words[] = {"a", "a b", "$(id)`id`", "'", "\\", "*?[]{}~!#;|<>\"", "ä"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        _cleanup_free_ char *quoted = shell_quote(words[i]);
        _cleanup_free_ char *command = memory_format("printf %%s %s", quoted);
        char read_back[64] = "";
        FILE *shell = popen(command, "r");

        assert_non_null(shell);
        read_back[fread(read_back, 1, sizeof(read_back) - 1, shell)] = '\0';
        assert_int_equal(pclose(shell), 0);
        assert_string_equal(read_back, words[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_words_stay_bare),
        cmocka_unit_test(what_a_shell_would_read_differently_is_quoted),
        cmocka_unit_test(a_shell_reads_back_what_was_quoted),
    };

    return cmocka_run_group_tests_name("shell", tests, NULL, NULL);
}
