#include "cmd/wrap.h"

#include <string.h>

#define COLUMNS 80

/* Characters, of which each takes a column: continuation bytes don't count. */
static size_t width_of(const char *text, size_t length)
{
    size_t width = 0;

    for (size_t i = 0; i < length; i++)
        width += ((unsigned char)text[i] & 0xc0) != 0x80;
    return width;
}

void wrap_print(FILE *stream, const char *text, size_t column, size_t indent)
{
    const char *gap = "";

    while (*text) {
        size_t length = strcspn(text, " ");
        size_t width = width_of(text, length);

        if (column + strlen(gap) + width > COLUMNS) {
            fprintf(stream, "\n%*s", (int)indent, "");
            column = indent;
            gap = "";
        }
        fprintf(stream, "%s%.*s", gap, (int)length, text);
        column += strlen(gap) + width;
        gap = " ";
        text += length;
        text += strspn(text, " ");
    }
    fputc('\n', stream);
}
