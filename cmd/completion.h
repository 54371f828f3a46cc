/* The three shells' completion scripts, each written from the option tables. */
#pragma once

#include "cmd/command.h"

#include <stdio.h>

void completion_print_bash(FILE *out);
void completion_print_zsh(FILE *out);
void completion_print_fish(FILE *out);

/*
 * One word of an option's or an operand's words, which are separated by '|' or blanks. A word of an operand
 * may say after a colon what follows it: "list use:@profile set:port|store". "@file", "@profile" and
 * "@command" stand for what their names say.
 */
struct completion_word {
    char *text; /* without the colon; both are owned */
    char *next; /* what is behind it, or NULL */
};

/* Takes the next word off *rest; false at the end. The caller releases the word before it asks again. */
bool completion_next(const char **rest, struct completion_word *word);
void completion_release(struct completion_word *word);

/*
 * Prints `text` for use inside single quotes: `quote` for each of these, a backslash before each character of
 * `special`.
 */
void completion_escape(FILE *out, const char *text, const char *quote, const char *special);
