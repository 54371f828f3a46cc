/* $BROWSER: a ':'-separated list of commands, taken apart without a shell. */
#pragma once

#include "base/list.h"

#include <stdbool.h>

/*
 * Takes the next command off `*rest` (which moves on to behind its ':', or to the final NUL) and appends its
 * words to `words`, with `url` in place of %s, or as a last word of its own. %% is a percent sign. Blanks
 * separate words; single quotes, double quotes and backslashes work as in a shell, also before ':'; nothing
 * else does. Returns whether there was a word besides the URL.
 */
bool browser_command_next(const char **rest, const char *url, struct list *words);
