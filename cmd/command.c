#include "cmd/command.h"

#include "cmd/suggest.h"

#include <string.h>

const struct command *const commands[] = {
    &login_command,  &logout_command,     &whoami_command, &token_command,   &inspect_command,
    &status_command, &profile_command,    &exec_command,   &api_command,     &google_command,
    &doctor_command, &completion_command, &help_command,   &version_command, NULL,
};

const struct command *command_find(const char *name)
{
    for (const struct command *const *command = commands; *command; command++)
        if (strcmp((*command)->name, name) == 0)
            return *command;
    return NULL;
}

const struct command *command_require(const char *name, struct error *err)
{
    const struct command *found = command_find(name);
    struct suggestion suggestion = suggestion_start(name, strlen(name));
    _cleanup_free_ char *nearest = NULL;

    if (found)
        return found;
    for (const struct command *const *command = commands; *command; command++)
        suggestion_consider(&suggestion, (*command)->name, strlen((*command)->name));
    nearest = suggestion_text(&suggestion, "'", "'");
    error_set(err, ERROR_USAGE, "unknown command '%s'%s", name, nearest);
    return NULL;
}
