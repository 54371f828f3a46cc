#include "cmd/completion.h"

#include <string.h>

static const char head[] =
    "# fish completion for logto, printed by 'logto completion fish'\n"
    "\n"
    "# The command and the operands before the cursor, in one line: '', 'login', 'profile use'.\n"
    "function __logto_words\n"
    "    set -l tokens (commandline -opc)\n"
    "    set -l words\n"
    "    set -l skip yes\n"
    "    for token in $tokens\n"
    "        if test -n \"$skip\"\n"
    "            set skip\n"
    "        else if contains -- $token $__logto_value_options\n"
    "            set skip yes\n"
    "        else if not string match -q -- '-*' $token\n"
    "            set -a words $token\n"
    "        end\n"
    "    end\n"
    "    string join ' ' -- $words\n"
    "end\n"
    "\n"
    "function __logto_at\n"
    "    set -l words (__logto_words)\n"
    "    test \"$words\" = \"$argv\"\n"
    "end\n"
    "\n"
    "function __logto_in\n"
    "    set -l words (__logto_words)\n"
    "    string match -q -- \"$argv *\" \"$words \"\n"
    "end\n"
    "\n"
    "complete -c logto -f\n";

static void print_description(FILE *out, const char *text)
{
    fputs(" -d '", out);
    completion_escape(out, text, "\\'", "\\");
    fputs("'\n", out);
}

/* What stands behind -a, quoted. */
static void print_candidates(FILE *out, const char *list)
{
    struct completion_word word;
    const char *separator = "";

    fputs(" -a '", out);
    while (completion_next(&list, &word)) {
        if (strcmp(word.text, "@profile") == 0)
            fputs("(command logto completion @profiles 2>/dev/null)", out);
        else
            fprintf(out, "%s%s", separator, word.text);
        separator = " ";
        completion_release(&word);
    }
    fputc('\'', out);
}

static void print_options(FILE *out, const char *condition, const struct option_spec *specs)
{
    for (const struct option_spec *spec = specs; spec && spec->kind != OPTION_KIND_END; spec++) {
        fprintf(out, "complete -c logto%s", condition);
        if (spec->letter)
            fprintf(out, " -s %c", spec->letter);
        fprintf(out, " -l %s", spec->name);
        if (spec->words && strcmp(spec->words, "@file") == 0)
            fputs(" -rF", out);
        else if (option_takes_value(spec))
            fputs(" -x", out);
        if (spec->words && strcmp(spec->words, "@file") != 0)
            print_candidates(out, spec->words);
        print_description(out, spec->help);
    }
}

static void print_command_names(FILE *out, const char *after)
{
    for (const struct command *const *command = commands; *command; command++) {
        fprintf(out, "complete -c logto -n '__logto_at%s%s' -a %s", *after ? " " : "", after,
                (*command)->name);
        print_description(out, (*command)->summary);
    }
}

static void print_operands(FILE *out, const struct command *command)
{
    const char *rest = command->operand_words;
    struct completion_word word;

    if (command->stops_at_operand)
        fprintf(out,
                "complete -c logto -n '__logto_in %s' "
                "-a '(__fish_complete_subcommand --fcs-skip=2 -- $__logto_value_options)'\n",
                command->name);
    if (!rest)
        return;
    if (strcmp(rest, "@command") == 0) {
        print_command_names(out, command->name);
        return;
    }
    fprintf(out, "complete -c logto -n '__logto_at %s'", command->name);
    print_candidates(out, rest);
    fputc('\n', out);
    while (completion_next(&rest, &word)) {
        if (word.next) {
            fprintf(out, "complete -c logto -n '__logto_at %s %s'", command->name, word.text);
            print_candidates(out, word.next);
            fputc('\n', out);
        }
        completion_release(&word);
    }
}

static void print_value_options(FILE *out, const struct option_spec *specs)
{
    for (const struct option_spec *spec = specs; spec && spec->kind != OPTION_KIND_END; spec++) {
        if (!option_takes_value(spec))
            continue;
        if (spec->letter)
            fprintf(out, " -%c", spec->letter);
        fprintf(out, " --%s", spec->name);
    }
}

/* One list for all commands: no option takes a value in one and none in another. */
static void print_all_value_options(FILE *out)
{
    fputs("\nset -g __logto_value_options", out);
    print_value_options(out, global_option_specs);
    for (const struct command *const *command = commands; *command; command++)
        print_value_options(out, (*command)->options);
    fputs("\n\n", out);
}

void completion_print_fish(FILE *out)
{
    fputs(head, out);
    print_all_value_options(out);
    print_options(out, "", global_option_specs);
    print_command_names(out, "");
    for (const struct command *const *command = commands; *command; command++) {
        char condition[64];

        snprintf(condition, sizeof(condition), " -n '__logto_in %s'", (*command)->name);
        fputc('\n', out);
        print_options(out, condition, (*command)->options);
        print_operands(out, *command);
    }
}
