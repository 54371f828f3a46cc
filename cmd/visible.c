#include "cmd/visible.h"

#include "base/utf8.h"

#include <string.h>

/* Longer than any character, and than "\r\n". */
#define LOOK_AHEAD 4

static void put(struct visible *visible, FILE *stream, const char *text, size_t length)
{
    fwrite(text, 1, length, stream);
    visible->line_open = text[length - 1] != '\n';
}

/* Writes the first character of `text`; how many bytes that were. */
static size_t write_one(struct visible *visible, FILE *stream, const char *text, size_t length)
{
    uint32_t point = 0;
    size_t size = utf8_decode(text, length, &point);
    char escape[16];

    if (length >= 2 && memcmp(text, "\r\n", 2) == 0) {
        put(visible, stream, "\n", 1);
        return 2;
    }
    if (size > 0 && (point == '\n' || point == '\t' || !utf8_is_unsafe(point))) {
        put(visible, stream, text, size);
        return size;
    }
    if (size > 1)
        snprintf(escape, sizeof(escape), "\\u%04x", point);
    else
        snprintf(escape, sizeof(escape), "\\x%02x", (unsigned char)*text);
    put(visible, stream, escape, strlen(escape));
    return size ? size : 1;
}

/* Whether the next piece may make another character of it. */
static bool needs_more(const char *text, size_t length)
{
    uint32_t point;

    return length < LOOK_AHEAD && (utf8_decode(text, length, &point) == 0 || (length == 1 && *text == '\r'));
}

/* Completes the rest with the beginning of the next piece; how many bytes of that were used. */
static size_t write_rest(struct visible *visible, FILE *stream, const char *bytes, size_t length)
{
    char joined[2 * LOOK_AHEAD];
    size_t added = length < LOOK_AHEAD ? length : LOOK_AHEAD;
    size_t total = visible->length + added;
    size_t position = 0;

    memcpy(joined, visible->rest, visible->length);
    memcpy(joined + visible->length, bytes, added);
    while (position < visible->length && !needs_more(joined + position, total - position))
        position += write_one(visible, stream, joined + position, total - position);
    if (position < visible->length) {
        visible->length = total - position;
        memcpy(visible->rest, joined + position, visible->length);
        return added;
    }
    added = position - visible->length;
    visible->length = 0;
    return added;
}

void visible_write(struct visible *visible, FILE *stream, const char *bytes, size_t length)
{
    size_t position = visible->length > 0 ? write_rest(visible, stream, bytes, length) : 0;

    while (position < length && !needs_more(bytes + position, length - position))
        position += write_one(visible, stream, bytes + position, length - position);
    if (position == length)
        return;
    visible->length = length - position;
    memcpy(visible->rest, bytes + position, visible->length);
}

void visible_end(struct visible *visible, FILE *stream)
{
    for (size_t position = 0; position < visible->length;)
        position += write_one(visible, stream, visible->rest + position, visible->length - position);
    visible->length = 0;
    if (visible->line_open)
        put(visible, stream, "\n", 1);
}
