#include "cmd/wrap.h"

#include "base/utf8.h"
#include "base/utf8_width.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define COLUMNS 80

/* Where less is left for a text, lines of it would be hard to read. */
#define NARROWEST 20

struct place {
    FILE *stream;
    size_t column;
    size_t indent;
    size_t columns;
    bool keeps_commands;
};

static bool begins(const char *text, const char *program)
{
    size_t length = strlen(program);

    return strncmp(text, program, length) == 0 &&
           (islower((unsigned char)text[length]) || text[length] == '-');
}

/* Also one in quotes; "logto 0.2.0" is none. */
static bool is_command(const char *text)
{
    text += *text == '\'';
    return begins(text, "logto ") || begins(text, "sudo ");
}

/* Up to a blank, or to the end of an element in the middle of JSON. */
static size_t plain_length(const char *text)
{
    size_t length = strcspn(text, " ");
    const char *element = memmem(text, length, "\",", 2);

    return element ? (size_t)(element - text) + 2 : length;
}

static size_t command_length(const char *text)
{
    const char *end = *text == '\'' ? strchrnul(text + 1, '\'') : strchr(text, '\0');

    return (size_t)(end - text) + strcspn(end, " ");
}

static bool is_copied(const char *word, size_t length)
{
    return is_command(word) || memmem(word, length, "://", 3);
}

static void begin_line(struct place *place)
{
    fprintf(place->stream, "\n%*s", (int)place->indent, "");
    place->column = place->indent;
}

static void put(struct place *place, const char *text, size_t length, size_t width)
{
    fwrite(text, 1, length, place->stream);
    place->column += width;
}

static void put_broken(struct place *place, const char *word, size_t length)
{
    while (length > 0) {
        uint32_t point;
        size_t decoded = utf8_decode(word, length, &point);
        size_t size = decoded ? decoded : 1;
        size_t width = utf8_width(word, size);

        if (place->column + width > place->columns)
            begin_line(place);
        put(place, word, size, width);
        word += size;
        length -= size;
    }
}

static void put_word(struct place *place, const char *text, size_t gap, size_t length)
{
    size_t width = utf8_width(text + gap, length);

    if (place->column + gap + width <= place->columns) {
        put(place, text, gap + length, gap + width);
        return;
    }
    if (length > 0 && place->column != place->indent)
        begin_line(place);
    if (place->column + width <= place->columns || is_copied(text + gap, length))
        put(place, text + gap, length, width);
    else
        put_broken(place, text + gap, length);
}

static void put_text(struct place *place, const char *text)
{
    while (*text) {
        size_t gap = strspn(text, " ");
        bool whole = place->keeps_commands && is_command(text + gap);
        size_t length = whole ? command_length(text + gap) : plain_length(text + gap);

        put_word(place, text, gap, length);
        text += gap + length;
    }
}

size_t wrap_text(FILE *stream, const char *text, size_t column, size_t indent, size_t columns)
{
    size_t limit = columns < indent + NARROWEST ? SIZE_MAX : columns;
    struct place place = {stream, column, indent, limit, .keeps_commands = true};

    put_text(&place, text);
    return place.column;
}

void wrap_print(FILE *stream, const char *text, size_t column, size_t indent)
{
    struct place place = {stream, column, indent, COLUMNS, .keeps_commands = false};

    put_text(&place, text);
    fputc('\n', stream);
}
