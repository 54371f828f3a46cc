/* Lines of bounded length from a descriptor, and whether reading one would block. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct line_reader {
    int descriptor;
    size_t longest; /* bytes of a line that are kept */
    char chunk[16384];
    size_t position, end; /* of what was read and not yet taken */
    bool at_end;
};

/* One line without its end; the text is used again by the next call. Release with line_release(). */
struct line {
    char *text; /* NULL as long as there was nothing to keep; not NUL-terminated */
    size_t length;
    size_t capacity;
    bool too_long; /* only the first `longest` bytes were kept */
};

/* Whether reading would not block. */
bool line_reader_ready(const struct line_reader *reader);

/* Takes the next line, blanks at both ends removed. False at the end of the input, for an error too. */
bool line_reader_next(struct line_reader *reader, struct line *line);

/* Wipes and frees. */
void line_release(struct line *line);
