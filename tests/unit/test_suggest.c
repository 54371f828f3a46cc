#include "unit.h"

#include "base/memory.h"
#include "cmd/suggest.h"

#include <stdlib.h>

#define COMMANDS "login|logout|whoami|token|inspect|status|profile|exec|completion|help|version"
#define OPTIONS "resource|organization|scope|min-ttl|refresh|id-token|format|profile|json|color"

static void expect(const char *typed, const char *words, const char *text)
{
    struct suggestion suggestion = suggestion_start(typed, strlen(typed));
    _cleanup_free_ char *found = NULL;

    suggestion_consider_words(&suggestion, words);
    found = suggestion_text(&suggestion, "", "");
    if (strcmp(found, text) != 0)
        fail_msg("%s: '%s', not '%s'", typed, found, text);
}

static void a_near_word_is_suggested(void **state)
{
    (void)state;
    expect("logn", COMMANDS, " (did you mean login?)");
    expect("logot", COMMANDS, " (did you mean logout?)");
    expect("tokne", COMMANDS, " (did you mean token?)");
    expect("statsu", COMMANDS, " (did you mean status?)");
    expect("whoamI", COMMANDS, " (did you mean whoami?)");
    expect("versions", COMMANDS, " (did you mean version?)");
    expect("foo", OPTIONS, " (did you mean format?)");
    expect("resources", OPTIONS, " (did you mean resource?)");
    expect("colour", OPTIONS, " (did you mean color?)");
    expect("organisation", OPTIONS, " (did you mean organization?)");
}

static void a_distant_word_is_not(void **state)
{
    (void)state;
    expect("", COMMANDS, "");
    expect("x", COMMANDS, "");
    expect("xyz", COMMANDS, "");
    expect("frobnicate", COMMANDS, "");
    expect("secret", OPTIONS, "");
    expect("eyJhbGciOiJFUzM4NCIsInR5cCI6ImF0K2p3dCIsImtpZCI6", COMMANDS, "");
}

static void the_word_is_quoted_as_asked(void **state)
{
    struct suggestion suggestion = suggestion_start("jsn=x", 3);
    _cleanup_free_ char *text = NULL;

    (void)state;
    suggestion_consider_words(&suggestion, "token|header|json|env");
    assert_string_equal(text = suggestion_text(&suggestion, "--", ""), " (did you mean --json?)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_near_word_is_suggested),
        cmocka_unit_test(a_distant_word_is_not),
        cmocka_unit_test(the_word_is_quoted_as_asked),
    };

    return cmocka_run_group_tests_name("suggest", tests, NULL, NULL);
}
