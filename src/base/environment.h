/* The environment, with one rule: an empty variable counts as missing. */
#pragma once

/* The variable's value, or NULL. */
const char *environment_value(const char *name);
