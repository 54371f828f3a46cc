/* Text in lines of a certain width. */
#pragma once

#include <stddef.h>
#include <stdio.h>

/*
 * Writes `text`, in which nothing is unsafe, and returns the column that it ends in. The cursor is in
 * `column`. Lines end after at most `columns` (0: no limit), and further ones begin with `indent` blanks.
 * They break between words; a longer word is broken too, but not a URL, nor a command at the end or in
 * quotes: those are copied.
 */
size_t wrap_text(FILE *stream, const char *text, size_t column, size_t indent, size_t columns);

/* The same for the lines of a help text, at most 80 columns each, and a newline. Commands are words like
 * others. */
void wrap_print(FILE *stream, const char *text, size_t column, size_t indent);
