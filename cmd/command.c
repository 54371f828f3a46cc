#include "cmd/command.h"

#include <string.h>

const struct command *const commands[] = {
    &login_command,
    &logout_command,
    &whoami_command,
    &token_command,
    &inspect_command,
    &status_command,
    &profile_command,
    &exec_command,
    &completion_command,
    &help_command,
    NULL,
};

const struct command *command_find(const char *name)
{
    for (const struct command *const *command = commands; *command; command++)
        if (strcmp((*command)->name, name) == 0)
            return *command;
    return NULL;
}
