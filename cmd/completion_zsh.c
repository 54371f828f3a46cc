#include "cmd/completion.h"

#include <string.h>

static const char head[] =
    "#compdef logto\n"
    "# zsh completion for logto, printed by 'logto completion zsh'\n"
    "\n"
    "_logto_profiles()\n"
    "{\n"
    "    local -a names\n"
    "    names=(${(f)\"$(_call_program profiles command logto completion @profiles 2>/dev/null)\"})\n"
    "    _wanted profiles expl profile compadd -a names\n"
    "}\n";

static const char tail[] = "    esac\n"
                           "}\n"
                           "\n"
                           "if [[ $funcstack[1] == _logto ]]; then\n"
                           "    _logto \"$@\"\n"
                           "else\n"
                           "    compdef _logto logto\n"
                           "fi\n";

/* What stands between the colons and brackets of '--option=[explanation]:message:action'. */
static void print_escaped(FILE *out, const char *text)
{
    completion_escape(out, text, "'\\''", "\\[]:");
}

static void print_action(FILE *out, const char *list)
{
    struct completion_word word;
    const char *separator = "(";

    if (!list) {
        fputc(' ', out);
    } else if (strcmp(list, "@file") == 0) {
        fputs("_files", out);
    } else if (strcmp(list, "@profile") == 0) {
        fputs("_logto_profiles", out);
    } else if (strcmp(list, "@command") == 0) {
        fputs("_logto_commands", out);
    } else {
        while (completion_next(&list, &word)) {
            fprintf(out, "%s%s", separator, word.text);
            separator = " ";
            completion_release(&word);
        }
        fputc(')', out);
    }
}

static void print_option(FILE *out, const struct option_spec *spec)
{
    bool value = option_takes_value(spec);
    bool repeatable = spec->kind == OPTION_KIND_LIST || spec->kind == OPTION_KIND_COUNT;

    fputs("        ", out);
    if (spec->letter && repeatable)
        fprintf(out, "'*'{-%c,--%s}'", spec->letter, spec->name);
    else if (spec->letter)
        fprintf(out, "'(-%c --%s)'{-%c%s,--%s%s}'", spec->letter, spec->name, spec->letter, value ? "+" : "",
                spec->name, value ? "=" : "");
    else
        fprintf(out, "'%s--%s%s", repeatable ? "*" : "", spec->name, value ? "=" : "");
    fputc('[', out);
    print_escaped(out, spec->help);
    fputc(']', out);
    if (value) {
        fputc(':', out);
        print_escaped(out, spec->argument);
        fputc(':', out);
        print_action(out, spec->words);
    }
    fputs("'\n", out);
}

static void print_options(FILE *out, const struct option_spec *specs)
{
    for (const struct option_spec *spec = specs; spec && spec->kind != OPTION_KIND_END; spec++)
        print_option(out, spec);
}

/* What may stand behind the first operand `word`, as a branch of `case`. */
static void print_following(FILE *out, const struct completion_word *word)
{
    const char *rest = word->next;
    struct completion_word following;

    fprintf(out, " (%s)", word->text);
    if (strcmp(word->next, "@profile") == 0) {
        fputs(" _logto_profiles;;", out);
        return;
    }
    fputs(" compadd --", out);
    while (completion_next(&rest, &following)) {
        fprintf(out, " %s", following.text);
        completion_release(&following);
    }
    fputs(";;", out);
}

static void print_second_operand(FILE *out, const char *list)
{
    struct completion_word word;

    fputs("        '2: :{case $line[1] in", out);
    while (completion_next(&list, &word)) {
        if (word.next)
            print_following(out, &word);
        completion_release(&word);
    }
    fputs(" esac}'\n", out);
}

static void print_operands(FILE *out, const struct command *command)
{
    if (command->stops_at_operand) {
        fputs("        '(-)1:command: _command_names -e'\n        '*:: :_normal'\n", out);
        return;
    }
    if (!command->operands)
        return;
    fputs("        '1:", out);
    print_escaped(out, command->operands);
    fputc(':', out);
    print_action(out, command->operand_words);
    fputs("'\n", out);
    if (command->operand_words && strchr(command->operand_words, ':'))
        print_second_operand(out, command->operand_words);
}

static void print_command_names(FILE *out)
{
    fputs("\n_logto_commands()\n{\n    local -a names=(\n", out);
    for (const struct command *const *command = commands; *command; command++) {
        fprintf(out, "        '%s:", (*command)->name);
        completion_escape(out, (*command)->summary, "'\\''", "\\:");
        fputs("'\n", out);
    }
    fputs("    )\n    _describe -t commands command names\n}\n", out);
}

void completion_print_zsh(FILE *out)
{
    fputs(head, out);
    print_command_names(out);
    fputs("\n_logto()\n{\n"
          "    local curcontext=$curcontext state expl\n    local -a line specs\n    local -A opt_args\n"
          "    local -a everywhere=(\n",
          out);
    print_options(out, global_option_specs);
    fputs("    )\n\n"
          "    _arguments -s -S -C $everywhere '1: :_logto_commands' '*:: :->rest' && return\n"
          "    [[ $state == rest ]] || return 1\n"
          "    case $line[1] in\n",
          out);
    for (const struct command *const *command = commands; *command; command++) {
        fprintf(out, "    (%s)\n        specs=(\n", (*command)->name);
        print_options(out, (*command)->options);
        print_operands(out, *command);
        fputs("        )\n        _arguments -s -S $everywhere $specs\n        ;;\n", out);
    }
    fputs(tail, out);
}
