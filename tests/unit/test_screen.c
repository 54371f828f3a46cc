#include "unit.h"

#include "base/memory.h"
#include "cmd/screen.h"

#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *const variables[] = {
    "TERM",       "NO_COLOR",        "CLICOLOR_FORCE",       "COLUMNS",     "TMUX",
    "STY",        "TERM_PROGRAM",    "TERM_PROGRAM_VERSION", "VTE_VERSION", "KITTY_WINDOW_ID",
    "WT_SESSION", "KONSOLE_VERSION",
};

static int terminal, other_end, plain;

/* "NAME=value NAME=value", and none of the others. */
static void set_environment(const char *text)
{
    char *words = memory_duplicate(text);
    char *rest = words;
    char *word;

    for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
        unsetenv(variables[i]);
    while ((word = strsep(&rest, " "))) {
        char *value = strchr(word, '=');

        if (!value)
            continue;
        *value = '\0';
        setenv(word, value + 1, 1);
    }
    free(words);
}

static void color_is_for_terminals_unless_told_otherwise(void **state)
{
    static const struct {
        const char *environment;
        const char *option;
        bool at_terminal, elsewhere;
    } cases[] = {
        {"TERM=xterm", NULL, true, false},
        {"TERM=xterm", "auto", true, false},
        {"TERM=xterm", "always", true, true},
        {"TERM=xterm", "never", false, false},
        {"", NULL, false, false},
        {"TERM=", NULL, false, false},
        {"TERM=dumb", NULL, false, false},
        {"TERM=dumb", "always", true, true},
        {"TERM=xterm NO_COLOR=1", NULL, false, false},
        {"TERM=xterm NO_COLOR=0", NULL, false, false},
        {"TERM=xterm NO_COLOR=", NULL, true, false},
        {"TERM=xterm NO_COLOR=1", "always", true, true},
        {"TERM=xterm CLICOLOR_FORCE=1", NULL, true, true},
        {"TERM=dumb CLICOLOR_FORCE=1", NULL, true, true},
        {"CLICOLOR_FORCE=yes", NULL, true, true},
        {"TERM=xterm CLICOLOR_FORCE=0", NULL, true, false},
        {"TERM=xterm CLICOLOR_FORCE=", NULL, true, false},
        {"TERM=xterm CLICOLOR_FORCE=1", "never", false, false},
        {"TERM=xterm CLICOLOR_FORCE=1 NO_COLOR=1", NULL, false, false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        set_environment(cases[i].environment);
        if (screen_look(terminal, cases[i].option).color != cases[i].at_terminal ||
            screen_look(plain, cases[i].option).color != cases[i].elsewhere)
            fail_msg("%s, --color %s", cases[i].environment, cases[i].option ? cases[i].option : "not given");
    }
}

static void lines_are_redrawn_at_terminals_only(void **state)
{
    (void)state;
    set_environment("TERM=xterm NO_COLOR=1");
    assert_true(screen_look(terminal, "never").live);
    assert_false(screen_look(plain, "always").live);
    set_environment("TERM=dumb CLICOLOR_FORCE=1");
    assert_false(screen_look(terminal, "always").live);
}

static void links_are_for_terminals_that_have_them(void **state)
{
    static const struct {
        const char *environment;
        bool links;
    } cases[] = {
        {"TERM=xterm-256color", false},
        {"TERM=xterm-256color VTE_VERSION=7006", true},
        {"TERM=xterm-256color VTE_VERSION=5000", false},
        {"TERM=xterm-256color VTE_VERSION=4999", false},
        {"TERM=xterm-256color VTE_VERSION=new", false},
        {"TERM=xterm-256color VTE_VERSION=7006 NO_COLOR=1", true},
        {"TERM=dumb VTE_VERSION=7006", false},
        {"TERM=linux VTE_VERSION=7006", false},
        {"VTE_VERSION=7006", false},
        {"TERM=xterm-256color TERM_PROGRAM=iTerm.app", true},
        {"TERM=xterm-256color TERM_PROGRAM=WezTerm", true},
        {"TERM=xterm-256color TERM_PROGRAM=vscode", true},
        {"TERM=xterm-256color TERM_PROGRAM=ghostty", true},
        {"TERM=xterm-256color TERM_PROGRAM=Apple_Terminal", false},
        {"TERM=xterm-256color KITTY_WINDOW_ID=1", true},
        {"TERM=xterm-256color WT_SESSION=0f3c", true},
        {"TERM=xterm-256color KONSOLE_VERSION=220401", true},
        {"TERM=xterm-256color KONSOLE_VERSION=200803", false},
        {"TERM=xterm-kitty", true},
        {"TERM=alacritty", true},
        {"TERM=foot-extra", true},
        {"TERM=tmux-256color TMUX=/tmp/t TERM_PROGRAM=tmux TERM_PROGRAM_VERSION=3.4", true},
        {"TERM=screen-256color TMUX=/tmp/t TERM_PROGRAM=tmux TERM_PROGRAM_VERSION=3.10a", true},
        {"TERM=tmux-256color TMUX=/tmp/t TERM_PROGRAM=tmux TERM_PROGRAM_VERSION=4.0", true},
        {"TERM=tmux-256color TMUX=/tmp/t TERM_PROGRAM=tmux TERM_PROGRAM_VERSION=3.3a VTE_VERSION=7006",
         false},
        {"TERM=tmux-256color TMUX=/tmp/t TERM_PROGRAM=tmux VTE_VERSION=7006", false},
        {"TERM=tmux-256color TMUX=/tmp/t TERM_PROGRAM=tmux TERM_PROGRAM_VERSION=master", false},
        {"TERM=screen STY=1.pts KITTY_WINDOW_ID=1", false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        set_environment(cases[i].environment);
        if (screen_look(terminal, NULL).links != cases[i].links)
            fail_msg("%s", cases[i].environment);
        assert_false(screen_look(terminal, "never").links);
        assert_false(screen_look(plain, "always").links);
    }
}

static void expect_columns(const char *environment, unsigned short real, size_t columns)
{
    struct winsize size = {.ws_row = 24, .ws_col = real};

    set_environment(environment);
    assert_int_equal(ioctl(terminal, TIOCSWINSZ, &size), 0);
    assert_int_equal(screen_look(terminal, NULL).columns, columns);
    assert_int_equal(screen_look(plain, NULL).columns, 0);
}

static void the_width_is_the_terminals_or_that_of_columns(void **state)
{
    (void)state;
    expect_columns("TERM=xterm", 100, 100);
    expect_columns("TERM=dumb", 100, 100);
    expect_columns("TERM=xterm", 0, 0);
    expect_columns("COLUMNS=60", 100, 60);
    expect_columns("COLUMNS=60", 0, 60);
    expect_columns("COLUMNS=", 100, 100);
    expect_columns("COLUMNS=0", 100, 100);
    expect_columns("COLUMNS=-1", 100, 100);
    expect_columns("COLUMNS=99999999999", 100, 100);
}

static void expect_target(const char *url, const char *expected)
{
    _cleanup_free_ char *target = screen_link_target(url);

    if (expected)
        assert_string_equal(target, expected);
    else
        assert_null(target);
}

static void a_target_cannot_end_its_control_sequence(void **state)
{
    char longest[2084] = "https://a.example/";

    (void)state;
    expect_target("https://a.example/?a=b&c=%20#d", "https://a.example/?a=b&c=%20#d");
    expect_target("http://localhost:3000/x", "http://localhost:3000/x");
    expect_target("https://a.example/\033\\\a b\x7f", "https://a.example/%1B\\%07%20b%7F");
    expect_target("https://a.example/\u00e9\xc2\x9c", "https://a.example/%C3%A9%C2%9C");
    expect_target("javascript:alert(1)", NULL);
    expect_target("file:///etc/passwd", NULL);
    expect_target("", NULL);
    memset(longest + strlen(longest), 'x', sizeof(longest) - 1 - strlen(longest));
    expect_target(longest, longest);
    longest[2000] = ' ';
    expect_target(longest, NULL);
}

static int open_terminal(void **state)
{
    (void)state;
    plain = open("/dev/null", O_WRONLY);
    return plain < 0 || openpty(&other_end, &terminal, NULL, NULL, NULL);
}

static int close_terminal(void **state)
{
    (void)state;
    return close(plain) || close(terminal) || close(other_end);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(color_is_for_terminals_unless_told_otherwise),
        cmocka_unit_test(lines_are_redrawn_at_terminals_only),
        cmocka_unit_test(links_are_for_terminals_that_have_them),
        cmocka_unit_test(the_width_is_the_terminals_or_that_of_columns),
        cmocka_unit_test(a_target_cannot_end_its_control_sequence),
    };

    return cmocka_run_group_tests_name("screen", tests, open_terminal, close_terminal);
}
