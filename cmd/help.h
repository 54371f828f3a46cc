/* Help and version, on stdout. */
#pragma once

struct command;
struct output;

void help_print_overview(void);
void help_print_command(const struct command *command);

/* One line, or with --json an object: {"version"}. */
void help_print_version(const struct output *output);
