#include "cmd/command.h"

const struct command completion_command = {.name = "completion", .summary = "Print a shell completion script"};
