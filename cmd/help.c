#include "cmd/help.h"

#include "cmd/command.h"
#include "cmd/wrap.h"

#include <stdio.h>

#define USAGE_INDENT 7     /* under what follows "Usage: " */
#define OVERVIEW_INDENT 13 /* under what follows "Usage: logto " */

void help_print_version(const struct output *output)
{
    _cleanup_json_ struct json *object = json_object();

    if (output->json) {
        json_set_string(object, "version", LOGTO_VERSION);
        output_json(object);
        return;
    }
    puts("logto-cli " LOGTO_VERSION " (not npm's @logto/cli, which administers a Logto server)");
}

/* At most 24 lines of 80 columns: a terminal's smallest size. */
void help_print_overview(void)
{
    _cleanup_free_ char *options = option_synopsis(global_option_specs);
    _cleanup_free_ char *usage = memory_format("Usage: logto %s COMMAND [OPTIONS]", options);

    puts("Sign in through Logto in the terminal and get access tokens.\n");
    wrap_print(stdout, usage, 0, OVERVIEW_INDENT);
    puts("\nCommands:");
    for (const struct command *const *command = commands; *command; command++)
        printf("  %-12s %s\n", (*command)->name, (*command)->summary);
    puts("\nStart with: logto login --endpoint https://TENANT.logto.app --app-id APP_ID\n"
         "See 'logto help COMMAND' and 'man logto' for more.");
}

void help_print_command(const struct command *command)
{
    const char *operands = command->operands ? command->operands : "";
    _cleanup_free_ char *usage = NULL;

    usage = memory_format("Usage: logto %s [OPTIONS] %s", command->name, operands);
    printf("%s.\n\n", command->summary);
    wrap_print(stdout, usage, 0, USAGE_INDENT);
    if (command->description) {
        putchar('\n');
        wrap_print(stdout, command->description, 0, 0);
    }
    if (command->options) {
        puts("\nOptions:");
        option_print_help(command->options, stdout);
    }
    puts("\nGlobal options:");
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
    command = command_require(operands->items[0], err);
    if (!command)
        return false;
    help_print_command(command);
    return true;
}

static const struct operand_words help_operand_words[] = {{NULL, "@command"}, {NULL, NULL}};

const struct command help_command = {
    .name = "help",
    .summary = "Show help for a command",
    .operands = "[COMMAND]",
    .operands_maximum = 1,
    .operand_words = help_operand_words,
    .profile = COMMAND_NO_PROFILE,
    .run = help_run,
};

static bool version_run(struct context *context, const void *values, const struct list *operands,
                        struct error *err)
{
    (void)values;
    (void)operands;
    (void)err;
    help_print_version(&context->output);
    return true;
}

const struct command version_command = {
    .name = "version",
    .summary = "Show the version",
    .profile = COMMAND_NO_PROFILE,
    .run = version_run,
};
