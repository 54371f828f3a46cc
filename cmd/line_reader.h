/* Lines of bounded length from a descriptor, and whether reading one would block. */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct line_reader {
    int descriptor;
    size_t longest; /* bytes of a line that are kept */
    char chunk[16384];
    size_t position, end; /* of what was read and not yet taken */
    bool at_end;
    int error; /* errno of the read that failed, or 0 */
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

/* Takes the next line. False at the end of the input, and where reading fails: then the line is incomplete.
 */
bool line_reader_next(struct line_reader *reader, struct line *line);

/* Whether the end that line_reader_next() saw was that of the input. Fails with ERROR_IO. */
bool line_reader_check(const struct line_reader *reader, struct error *err);

/* Wipes and frees. */
void line_release(struct line *line);
