/* A stream of foreign bytes on its way to a terminal: what could control it is made visible, piece by piece.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct visible {
    char rest[4]; /* of the last piece: the start of a character, or a '\r' */
    size_t length;
    bool line_open; /* the last line has no end yet */
};

/* Text passes, with its line breaks and tabs; anything else is escaped as utf8_visible() does. */
void visible_write(struct visible *visible, FILE *stream, const char *bytes, size_t length);

/* What is left, and a line break if there is none. */
void visible_end(struct visible *visible, FILE *stream);
