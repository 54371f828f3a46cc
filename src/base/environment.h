/* The environment, with one rule: an empty variable counts as missing. */
#pragma once

#include <stdbool.h>

/* The variable's value, or NULL. */
const char *environment_value(const char *name);

/*
 * Whether the variable holds a credential of ours, which no other program has a use for: its name, or
 * "NAME=value" as it stands in environ.
 */
bool environment_is_credential(const char *variable);

/* Takes these variables out of our own environment, before another program gets it. */
void environment_remove_credentials(void);
