/* What main() sets up before a verb runs: the process, the interfaces, and the profile. */
#pragma once

#include "cmd/command.h"

#include <sys/types.h>

/* Disables core dumps and ptrace, sets umask 077, opens closed standard streams. */
void setup_process(void);

/* Undoes what a program that replaces this one should not inherit from setup_process(). */
void setup_restore_process(void);

/* The permissions of a new file that the user asked for by name, as the umask that we were given has them. */
mode_t setup_file_mode(void);

/*
 * The real interfaces for a command; their libraries are loaded at first use. `language` and `output` must
 * outlive them.
 */
struct interfaces setup_interfaces(const struct command *command, const char *language,
                                   struct output *output);
void setup_release_interfaces(struct interfaces *interfaces);

/*
 * Resolves the profile as far as the verb needs it: name from the option, LOGTO_PROFILE or the config file;
 * its values from the config file, overridden by LOGTO_ENDPOINT, LOGTO_APP_ID and LOGTO_STORE. Fails with
 * ERROR_CONFIG or ERROR_USAGE.
 */
bool setup_profile(struct context *context, enum command_profile needed, const char *name, struct error *err);
