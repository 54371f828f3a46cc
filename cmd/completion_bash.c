#include "cmd/completion.h"

static const char head[] = "# bash completion for logto, printed by 'logto completion bash'\n"
                           "# shellcheck shell=bash\n";

static const char body[] =
    "\n"
    "# Fills COMPREPLY with what `words` allows: words, or @file, @profile, @command.\n"
    "__logto_reply()\n"
    "{\n"
    "    local words=$1 word=$2\n"
    "\n"
    "    case $words in\n"
    "    @file)\n"
    "        compopt -o filenames\n"
    "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
    "        return\n"
    "        ;;\n"
    "    @profile) words=$(command logto completion @profiles 2>/dev/null) ;;\n"
    "    @command) words=$__logto_commands ;;\n"
    "    esac\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
    "}\n"
    "\n"
    "# Another program's words: those of its own completion where there is one.\n"
    "__logto_delegate()\n"
    "{\n"
    "    if declare -F _comp_command_offset >/dev/null; then\n"
    "        _comp_command_offset \"$1\"\n"
    "    elif declare -F _command_offset >/dev/null; then\n"
    "        _command_offset \"$1\"\n"
    "    elif ((COMP_CWORD == $1)); then\n"
    "        mapfile -t COMPREPLY < <(compgen -c -- \"$2\")\n"
    "    else\n"
    "        __logto_reply @file \"$2\"\n"
    "    fi\n"
    "}\n"
    "\n"
    "_logto()\n"
    "{\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} command='' operand='' option words i\n"
    "\n"
    "    COMPREPLY=()\n"
    "    # Bash takes --color=auto apart into three words.\n"
    "    [[ $word == = ]] && word=''\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        option=${COMP_WORDS[i]}\n"
    "        if [[ $option == -- ]]; then\n"
    "            [[ $command == exec ]] && __logto_delegate $((i + 1)) \"$word\"\n"
    "            return\n"
    "        elif [[ $option == -* ]]; then\n"
    "            __logto_value \"$command\" \"$option\" || continue\n"
    "            [[ ${COMP_WORDS[i + 1]} == = ]] && ((i++))\n"
    "            ((i++))\n"
    "        elif [[ ! $command ]]; then\n"
    "            command=$option\n"
    "        else\n"
    "            operand=$option\n"
    "        fi\n"
    "    done\n"
    "    if ((i > COMP_CWORD)); then\n"
    "        __logto_reply \"$words\" \"$word\"\n"
    "    elif [[ $word == -* ]]; then\n"
    "        __logto_options \"$command\"\n"
    "        __logto_reply \"$words\" \"$word\"\n"
    "    else\n"
    "        __logto_operand \"$command\" \"$operand\"\n"
    "        __logto_reply \"$words\" \"$word\"\n"
    "    fi\n"
    "}\n"
    "complete -F _logto logto\n";

static void print_names(FILE *out, const struct option_spec *specs)
{
    for (const struct option_spec *spec = specs; spec && spec->kind != OPTION_KIND_END; spec++) {
        if (spec->letter)
            fprintf(out, " -%c", spec->letter);
        fprintf(out, " --%s", spec->name);
    }
}

/* The end of a branch of `case`, after its ')'. */
static void print_assignment(FILE *out, const char *list)
{
    struct completion_word word;
    const char *separator = "words='";

    if (!list) {
        fputs(";;\n", out);
        return;
    }
    while (completion_next(&list, &word)) {
        fprintf(out, "%s%s", separator, word.text);
        separator = " ";
        completion_release(&word);
    }
    fputs("' ;;\n", out);
}

static void print_values(FILE *out, const char *pattern, const struct option_spec *specs)
{
    for (const struct option_spec *spec = specs; spec && spec->kind != OPTION_KIND_END; spec++) {
        if (!option_takes_value(spec))
            continue;
        fprintf(out, "    %s--%s'", pattern, spec->name);
        if (spec->letter)
            fprintf(out, " | %s-%c'", pattern, spec->letter);
        fputs(") ", out);
        print_assignment(out, spec->words);
    }
}

static void print_operands(FILE *out, const struct command *command)
{
    const char *rest = command->operand_words;
    struct completion_word word;

    if (!rest)
        return;
    fprintf(out, "    '%s ') ", command->name);
    print_assignment(out, rest);
    while (completion_next(&rest, &word)) {
        if (word.next) {
            fprintf(out, "    '%s %s') ", command->name, word.text);
            print_assignment(out, word.next);
        }
        completion_release(&word);
    }
}

static void print_value_function(FILE *out)
{
    fputs("\n# Whether option $2 of command $1 takes a value; `words` is then what there is to choose from.\n"
          "__logto_value()\n{\n    words=''\n    case \"$1 $2\" in\n",
          out);
    print_values(out, "*' ", global_option_specs);
    for (const struct command *const *command = commands; *command; command++) {
        char pattern[64];

        snprintf(pattern, sizeof(pattern), "'%s ", (*command)->name);
        print_values(out, pattern, (*command)->options);
    }
    fputs("    *) return 1 ;;\n    esac\n}\n", out);
}

static void print_options_function(FILE *out)
{
    fputs("\n# The options of command $1, in `words`.\n__logto_options()\n{\n    words='", out);
    print_names(out, global_option_specs);
    fputs("'\n    case $1 in\n", out);
    for (const struct command *const *command = commands; *command; command++) {
        if (!(*command)->options)
            continue;
        fprintf(out, "    %s) words+='", (*command)->name);
        print_names(out, (*command)->options);
        fputs("' ;;\n", out);
    }
    fputs("    esac\n}\n", out);
}

static void print_operand_function(FILE *out)
{
    fputs("\n# What may follow the operand $2 (none: '') of command $1, in `words`.\n"
          "__logto_operand()\n{\n    words=''\n    case \"$1 $2\" in\n    ' ') words=@command ;;\n",
          out);
    for (const struct command *const *command = commands; *command; command++)
        print_operands(out, *command);
    fputs("    esac\n}\n", out);
}

void completion_print_bash(FILE *out)
{
    fputs(head, out);
    fputs("\n__logto_commands='", out);
    for (const struct command *const *command = commands; *command; command++)
        fprintf(out, "%s%s", command == commands ? "" : " ", (*command)->name);
    fputs("'\n", out);
    print_value_function(out);
    print_options_function(out);
    print_operand_function(out);
    fputs(body, out);
}
