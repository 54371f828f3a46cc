#include "cmd/help.h"

#include "cmd/command.h"

#include <stdio.h>

void help_print_version(void)
{
    puts("logto-cli " LOGTO_VERSION
         " (the sign-in client in C; not npm's @logto/cli, which administers a server)");
}

void help_print_overview(void)
{
    puts("Sign in through Logto at the terminal and hand out tokens.\n\n"
         "Usage: logto [OPTIONS] COMMAND [OPTIONS]\n\n"
         "Commands:");
    for (const struct command *const *command = commands; *command; command++)
        printf("  %-12s %s\n", (*command)->name, (*command)->summary);
    puts("\nOptions of every command:");
    option_print_help(global_option_specs, stdout);
    puts("\nStart with:\n"
         "  logto login --endpoint https://TENANT.logto.app --app-id APP_ID\n"
         "  logto help COMMAND, man logto");
}

void help_print_command(const struct command *command)
{
    const char *operands = command->operands ? command->operands : "";

    printf("%s.\n\nUsage: logto %s [OPTIONS]%s%s\n", command->summary, command->name, *operands ? " " : "",
           operands);
    if (command->description)
        printf("\n%s\n", command->description);
    if (command->options) {
        puts("\nOptions:");
        option_print_help(command->options, stdout);
    }
    puts("\nOptions of every command:");
    option_print_help(global_option_specs, stdout);
    if (command->examples)
        printf("\nExamples:\n%s\n", command->examples);
}

static bool help_run(struct context *context, const void *values, const struct list *operands,
                     struct error *err)
{
    const struct command *command;

    (void)context;
    (void)values;
    if (operands->count == 0) {
        help_print_overview();
        return true;
    }
    command = command_find(operands->items[0]);
    if (!command)
        return error_set(err, ERROR_USAGE, "there is no command '%s'", operands->items[0]);
    help_print_command(command);
    return true;
}

static const struct operand_words help_operand_words[] = {{NULL, "@command"}, {NULL, NULL}};

const struct command help_command = {
    .name = "help",
    .summary = "Show what a command does and takes",
    .operands = "[COMMAND]",
    .operands_maximum = 1,
    .operand_words = help_operand_words,
    .profile = COMMAND_NO_PROFILE,
    .run = help_run,
};
