/* Questions to the user at the terminal, on stderr and stdin. */
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "base/secret.h"

#include <stdbool.h>

/* Whether a user can answer: stdin and stderr are terminals. */
bool ask_possible(void);

/*
 * Puts the question to the descriptor `output`, and appends the line typed at the terminal, newline included,
 * without showing it; nothing at the end of input. Fails with ERROR_IO, or ERROR_PROTOCOL when it is too
 * long.
 */
bool ask_hidden(int terminal, int output, const char *question, struct buffer *line, struct error *err);

/* Asks until the answer isn't empty; the caller frees it. Fails with ERROR_CANCELLED at the end of input. */
char *ask_text(const char *question, struct error *err);

/* Whether the answer to the question is yes, or just Enter. */
bool ask_confirm(const char *question);

/*
 * Reads a secret's one line from `path` ("-": stdin, which is asked without echo when it is a terminal).
 * Fails with ERROR_USAGE.
 */
struct secret *ask_secret_file(const char *path, struct error *err);
