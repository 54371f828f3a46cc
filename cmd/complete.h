/*
 * The candidates at one place of a command line, for the shells' completion scripts (completions/).
 *
 * A script runs `logto completion @complete -- WORDS…` with the words behind "logto" up to the cursor,
 * quoting removed; the last one, possibly empty, is the one to complete. The answer is a line for each
 * candidate,
 *
 *     CANDIDATE [TAB DESCRIPTION]
 *
 * where CANDIDATE would replace the whole last word ("--format=json"), and then one line with a directive:
 *
 *     :none        nothing but the candidates
 *     :files N     file names too; the first N characters of the word ("--file=") are not part of the name
 *     :command N   word N, counted from "logto" as 0, is another program's name, which completes the rest
 *
 * Candidates are all that fit the place, whatever the last word begins with: which of them match, and how
 * they are quoted, is the shell's business. Candidates may hold any characters but control characters, so a
 * script must never evaluate them.
 */
#pragma once

#include "cmd/command.h"

#include <stddef.h>

/*
 * Prints the answer. Never fails, asks nothing, and is done within a second: what can't be found out is not
 * offered. The profile that `words` name becomes the context's when its session is asked for.
 */
void complete_print(struct context *context, char *const *words, size_t count);
