/* What the program says about itself, on stdout. */
#pragma once

struct command;

void help_print_overview(void);
void help_print_command(const struct command *command);
void help_print_version(void);
