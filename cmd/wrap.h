/* Text in lines of at most 80 columns. */
#pragma once

#include <stddef.h>
#include <stdio.h>

/*
 * Prints the words of `text` and a newline. The cursor is in `column`; further lines begin with `indent`
 * blanks. A word that is too long has a line of its own.
 */
void wrap_print(FILE *stream, const char *text, size_t column, size_t indent);
