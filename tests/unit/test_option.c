#include "unit.h"

#include "cmd/command.h"
#include "cmd/option.h"

#include <stdlib.h>

struct sample {
    const char *name;
    const char *color;
    bool fast;
    int64_t port;
    struct list scopes;
};

static const struct option_spec sample_specs[] = {
    OPTION_TEXT(sample, name, "name", "NAME", "a name"),
    OPTION_WORD(sample, color, "paint", "COLOR", "a color", "red|green|blue"),
    OPTION_FLAG(sample, fast, "fast", "be quick"),
    OPTION_INTEGER(sample, port, "port", "N", "a port", 1, 65535, 3000),
    OPTION_LIST(sample, scopes, "scope", "SCOPE", "a scope"),
    OPTION_END,
};

struct parsed {
    struct sample sample;
    struct global_options global;
    char *arguments[24]; /* as they stand after parsing */
    char *owned[24];
    int count, operands;
    bool ok;
    struct error err;
};

/* Parses "logto" and the words; "~" stands for an empty argument. */
static void parse_words(struct parsed *parsed, const char *words, bool stop_at_operand)
{
    const struct option_target targets[] = {{global_option_specs, &parsed->global},
                                            {sample_specs, &parsed->sample}};
    char *copy = memory_format("logto %s", words);
    char *rest = copy;
    char *word;

    *parsed = (struct parsed){.err = {.message = ""}};
    while ((word = strsep(&rest, " ")))
        if (*word) {
            parsed->owned[parsed->count] = memory_duplicate(strcmp(word, "~") == 0 ? "" : word);
            parsed->arguments[parsed->count] = parsed->owned[parsed->count];
            parsed->count++;
        }
    free(copy);
    parsed->ok = option_parse(parsed->count, parsed->arguments, targets, ARRAY_SIZE(targets), stop_at_operand,
                              &parsed->operands, &parsed->err);
}

static void release(struct parsed *parsed)
{
    option_release(sample_specs, &parsed->sample);
    option_release(global_option_specs, &parsed->global);
    for (int i = 0; i < parsed->count; i++)
        free(parsed->owned[i]);
}

static void parse(struct parsed *parsed, const char *words)
{
    parse_words(parsed, words, false);
    if (!parsed->ok)
        fail_msg("%s: %s", words, parsed->err.message);
}

static void expect_operands(const struct parsed *parsed, const char *expected)
{
    _cleanup_list_ struct list operands = LIST_EMPTY;
    _cleanup_free_ char *text = NULL;

    for (int i = parsed->operands; i < parsed->count; i++)
        list_append(&operands, parsed->arguments[i]);
    assert_string_equal(text = list_join(&operands, " "), expected);
}

static void expect_usage_error(const char *words, const char *part)
{
    struct parsed parsed;

    parse_words(&parsed, words, false);
    if (parsed.ok)
        fail_msg("%s was accepted", words);
    assert_error(&parsed.err, ERROR_USAGE, part);
    release(&parsed);
}

static void without_options_everything_has_its_fallback(void **state)
{
    struct parsed parsed;

    (void)state;
    parse(&parsed, "");
    assert_null(parsed.sample.name);
    assert_false(parsed.sample.fast);
    assert_int_equal(parsed.sample.port, 3000);
    assert_int_equal(parsed.sample.scopes.count, 0);
    assert_int_equal(parsed.operands, 1);
    release(&parsed);
}

static void every_kind_is_read_in_both_forms(void **state)
{
    static const char *const forms[] = {
        "--name=work --paint=red --fast --port=80 --scope=a --scope=b -p p1 -q -v -v --json",
        "--name work --paint red --fast --port 80 --scope a --scope b -pp1 -qvv --json",
        "--nam work --pai red --fas --por 80 --sco a --sco b --prof p1 --quiet --verbose --verbose --json"};
    struct parsed parsed;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        parse(&parsed, forms[i]);
        assert_string_equal(parsed.sample.name, "work");
        assert_string_equal(parsed.sample.color, "red");
        assert_true(parsed.sample.fast);
        assert_int_equal(parsed.sample.port, 80);
        assert_int_equal(parsed.sample.scopes.count, 2);
        assert_string_equal(parsed.sample.scopes.items[1], "b");
        assert_string_equal(parsed.global.profile, "p1");
        assert_true(parsed.global.quiet && parsed.global.json);
        assert_int_equal(parsed.global.verbose, 2);
        release(&parsed);
    }
}

static void options_and_operands_come_in_any_order(void **state)
{
    static const char *const orders[] = {"--name work one two", "one --name work two", "one two --name work",
                                         "one two --name=work"};
    struct parsed parsed;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
        parse(&parsed, orders[i]);
        assert_string_equal(parsed.sample.name, "work");
        expect_operands(&parsed, "one two");
        release(&parsed);
    }
}

static void two_dashes_end_the_options(void **state)
{
    struct parsed parsed;

    (void)state;
    parse(&parsed, "one --fast -- --name -x");
    assert_true(parsed.sample.fast);
    assert_null(parsed.sample.name);
    expect_operands(&parsed, "one --name -x");
    release(&parsed);
    parse(&parsed, "-- -- x");
    expect_operands(&parsed, "-- x");
    release(&parsed);
}

static void a_command_that_is_run_keeps_its_own_options(void **state)
{
    struct parsed parsed;

    (void)state;
    parse_words(&parsed, "--fast curl --name x -v", true);
    assert_true(parsed.ok && parsed.sample.fast);
    assert_null(parsed.sample.name);
    assert_int_equal(parsed.global.verbose, 0);
    expect_operands(&parsed, "curl --name x -v");
    release(&parsed);
    parse_words(&parsed, "--fast -- curl -- --name", true);
    assert_true(parsed.ok);
    expect_operands(&parsed, "curl -- --name");
    release(&parsed);
}

static void a_dash_alone_is_an_operand(void **state)
{
    struct parsed parsed;

    (void)state;
    parse(&parsed, "- --fast");
    assert_true(parsed.sample.fast);
    expect_operands(&parsed, "-");
    release(&parsed);
}

static void a_value_may_look_like_an_option(void **state)
{
    struct parsed parsed;

    (void)state;
    parse(&parsed, "--name --fast --paint=blue");
    assert_string_equal(parsed.sample.name, "--fast");
    assert_false(parsed.sample.fast);
    release(&parsed);
}

static void the_last_of_several_values_counts_and_lists_keep_each_once(void **state)
{
    struct parsed parsed;

    (void)state;
    parse(&parsed, "--name a --name b --port 1 --port 2 --scope x --scope y --scope x");
    assert_string_equal(parsed.sample.name, "b");
    assert_int_equal(parsed.sample.port, 2);
    assert_int_equal(parsed.sample.scopes.count, 2);
    release(&parsed);
}

static void unknown_options_are_named_and_their_values_are_not(void **state)
{
    static const char *const lines[] = {"--token=hunter2", "one --token=hunter2 two",
                                        "--fast=hunter2",  "--json=hunter2",
                                        "-xhunter2",       "--toke=hunter2=3"};
    struct parsed parsed;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        parse_words(&parsed, lines[i], false);
        assert_false(parsed.ok);
        assert_int_equal(parsed.err.code, ERROR_USAGE);
        assert_null(strstr(parsed.err.message, "hunter2"));
        assert_null(strstr(parsed.err.hint, "hunter2"));
        release(&parsed);
    }
    expect_usage_error("--token=hunter2", "unknown option --token");
    expect_usage_error("one --token two", "unknown option --token");
    expect_usage_error("--fast=hunter2", "option --fast takes no value");
    expect_usage_error("--prot 1", "unknown option --prot (did you mean --port?)");
    expect_usage_error("--colour=hunter2", "unknown option --colour (did you mean --color?)");
    expect_usage_error("-x", "unknown option -x");
    expect_usage_error("-qx", "unknown option -x");
}

/* A dash that an editor made long, or a letter beyond ASCII: what stands before it may be a secret. */
static void an_option_beyond_ascii_does_not_repeat_what_stood_before_it(void **state)
{
    static const char *const lines[] = {"--name hunter2 -é", "--name hunter2 -\xc3", "--name hunter2 -qé"};
    struct parsed parsed;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        parse_words(&parsed, lines[i], false);
        assert_false(parsed.ok);
        if (strstr(parsed.err.message, "hunter2"))
            fail_msg("%s: %s", lines[i], parsed.err.message);
        release(&parsed);
    }
}

static void an_abbreviation_of_two_options_is_neither(void **state)
{
    (void)state;
    expect_usage_error("--p 5", "ambiguous option --p"); /* port, paint, profile */
}

static void a_missing_value_is_said(void **state)
{
    (void)state;
    expect_usage_error("--name", "option --name needs a value");
    expect_usage_error("one --port", "option --port needs a value");
    expect_usage_error("-p", "option -p needs a value");
}

static void numbers_are_whole_and_within_range(void **state)
{
    static const char *const bad[] = {"0",    "65536", "-1", "1.5", "80x", "x", "~", "99999999999999999999",
                                      "0x50", "1e3"};
    static const struct {
        const char *words;
        int64_t port;
    } good[] = {{"--port 1", 1}, {"--port 65535", 65535}, {"--port=007", 7}};
    struct parsed parsed;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        _cleanup_free_ char *words = memory_format("--port %s", bad[i]);

        expect_usage_error(words, "--port must be a whole number from 1 to 65535");
    }
    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        parse(&parsed, good[i].words);
        assert_int_equal(parsed.sample.port, good[i].port);
        release(&parsed);
    }
}

static void words_are_taken_whole(void **state)
{
    struct parsed parsed;

    (void)state;
    expect_usage_error("--paint yellow", "--paint must be one of red|green|blue, not 'yellow'");
    expect_usage_error("--paint re", "--paint must be one of");
    expect_usage_error("--paint red|green", "--paint must be one of");
    expect_usage_error("--paint ~", "--paint must not be empty");
    expect_usage_error("--paint RED", "--paint must be one of");
    expect_usage_error("--color sometimes", "auto|always|never");
    expect_usage_error("--color alwasy", "not 'alwasy' (did you mean 'always'?)");
    parse(&parsed, "--paint blue --color never");
    assert_string_equal(parsed.sample.color, "blue");
    assert_string_equal(parsed.global.color, "never");
    release(&parsed);
}

static void no_value_may_be_empty(void **state)
{
    (void)state;
    expect_usage_error("--name ~", "--name must not be empty");
    expect_usage_error("--name=", "--name must not be empty");
    expect_usage_error("--port ~", "--port must be a whole number");
    expect_usage_error("--scope ~", "--scope must not be empty");
    expect_usage_error("--scope a --scope=", "--scope must not be empty");
}

static void parsing_again_starts_afresh(void **state)
{
    struct parsed first, second;

    (void)state;
    parse(&first, "--name a one");
    parse(&second, "two --fast");
    assert_null(second.sample.name);
    expect_operands(&second, "two");
    release(&first);
    release(&second);
}

static void help_begins_a_line_for_every_option(void **state)
{
    char text[2048] = "";
    FILE *stream = fmemopen(text, sizeof(text), "w");
    size_t lines = 0;

    (void)state;
    option_print_help(global_option_specs, stream);
    option_print_help(sample_specs, stream);
    option_print_help(NULL, stream);
    fclose(stream);
    assert_non_null(strstr(text, "-p, --profile NAME"));
    assert_non_null(strstr(text, "    --port N"));
    assert_non_null(strstr(text, "a port\n"));
    for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
        assert_true(strlen(line) <= 80);
        lines += strncmp(line, "  -", 3) == 0 || strncmp(line, "      --", 8) == 0;
    }
    assert_int_equal(lines, 12);
}

/* The real tables. */

static void the_tables_of_the_verbs_are_sound(void **state)
{
    (void)state;
    for (const struct command *const *command = commands; *command; command++) {
        assert_ptr_equal(command_find((*command)->name), *command);
        assert_true((*command)->summary[0] != '\0' &&
                    (*command)->summary[strlen((*command)->summary) - 1] != '.');
        for (const struct option_spec *spec = (*command)->options; spec && spec->kind != OPTION_KIND_END;
             spec++) {
            assert_true(spec->offset < (*command)->options_size);
            assert_true(spec->help && spec->help[0] && !strchr(spec->help, '\n'));
            assert_true(spec->kind != OPTION_KIND_INTEGER || spec->fallback <= 0 || /* not given */
                        (spec->minimum <= spec->fallback && spec->fallback <= spec->maximum));
            for (const struct option_spec *other = (*command)->options; other != spec; other++)
                assert_string_not_equal(spec->name, other->name);
            for (const struct option_spec *other = global_option_specs; other->kind != OPTION_KIND_END;
                 other++)
                assert_string_not_equal(spec->name, other->name);
        }
    }
    assert_null(command_find("logi"));
    assert_null(command_find(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_everything_has_its_fallback),
        cmocka_unit_test(every_kind_is_read_in_both_forms),
        cmocka_unit_test(options_and_operands_come_in_any_order),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(a_command_that_is_run_keeps_its_own_options),
        cmocka_unit_test(a_dash_alone_is_an_operand),
        cmocka_unit_test(a_value_may_look_like_an_option),
        cmocka_unit_test(the_last_of_several_values_counts_and_lists_keep_each_once),
        cmocka_unit_test(unknown_options_are_named_and_their_values_are_not),
        cmocka_unit_test(an_option_beyond_ascii_does_not_repeat_what_stood_before_it),
        cmocka_unit_test(an_abbreviation_of_two_options_is_neither),
        cmocka_unit_test(a_missing_value_is_said),
        cmocka_unit_test(numbers_are_whole_and_within_range),
        cmocka_unit_test(words_are_taken_whole),
        cmocka_unit_test(no_value_may_be_empty),
        cmocka_unit_test(parsing_again_starts_afresh),
        cmocka_unit_test(help_begins_a_line_for_every_option),
        cmocka_unit_test(the_tables_of_the_verbs_are_sound),
    };

    return cmocka_run_group_tests_name("option", tests, NULL, NULL);
}
