/* cJSON's own printer rounds numbers and leaves unsafe characters unescaped. */
#include "base/utf8.h"
#include "codec/json.h"

#include <stdio.h>
#include <string.h>

struct printer {
    struct buffer out; /* unbounded: what is printed was bounded when it was read */
    bool indented;
    int depth;
};

/* Appending fails only beyond the maximum, and these buffers have none. */
static void put(struct buffer *out, const char *bytes, size_t length)
{
    (void)buffer_append(out, bytes, length, NULL);
}

static void put_text(struct buffer *out, const char *text)
{
    put(out, text, strlen(text));
}

/* The short escapes of RFC 8259, 7, else by the code point, above U+FFFF as a surrogate pair. */
static void put_escape(struct buffer *out, uint32_t point)
{
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *found = point < 0x80 ? memchr(plain, (int)point, sizeof(plain) - 1) : NULL;
    char text[16];

    if (found)
        snprintf(text, sizeof(text), "\\%c", letters[found - plain]);
    else if (point < 0x10000)
        snprintf(text, sizeof(text), "\\u%04x", point);
    else
        snprintf(text, sizeof(text), "\\u%04x\\u%04x", 0xd800 + ((point - 0x10000) >> 10),
                 0xdc00 + (point & 0x3ff));
    put_text(out, text);
}

/* One character; how many bytes of `text` it took. */
static size_t put_character(struct buffer *out, const char *text, size_t length)
{
    uint32_t point = 0;
    size_t size = utf8_decode(text, length, &point);

    if (size == 0)
        put_text(out, "\xef\xbf\xbd");
    else if (point == '"' || point == '\\' || utf8_is_unsafe(point))
        put_escape(out, point);
    else
        put(out, text, size);
    return size ? size : 1;
}

static void put_string(struct buffer *out, const char *text)
{
    size_t length = strlen(text);

    put(out, "\"", 1);
    for (size_t i = 0; i < length;)
        i += put_character(out, text + i, length - i);
    put(out, "\"", 1);
}

static void put_break(struct printer *printer)
{
    if (!printer->indented)
        return;
    put(&printer->out, "\n", 1);
    for (int i = 0; i < printer->depth; i++)
        put(&printer->out, "  ", 2);
}

static void put_value(struct printer *printer, const struct json *value);

static void put_items(struct printer *printer, const struct json *value, const char *brackets)
{
    put(&printer->out, brackets, 1);
    printer->depth++;
    for (const struct json *item = json_first(value); item; item = json_next(item)) {
        if (item != json_first(value))
            put(&printer->out, ",", 1);
        put_break(printer);
        if (json_name(item)) {
            put_string(&printer->out, json_name(item));
            put_text(&printer->out, printer->indented ? ": " : ":");
        }
        put_value(printer, item);
    }
    printer->depth--;
    if (json_first(value))
        put_break(printer);
    put(&printer->out, brackets + 1, 1);
}

static void put_value(struct printer *printer, const struct json *value)
{
    switch (json_kind(value)) {
    case JSON_NULL:
        put_text(&printer->out, "null");
        break;
    case JSON_FALSE:
        put_text(&printer->out, "false");
        break;
    case JSON_TRUE:
        put_text(&printer->out, "true");
        break;
    case JSON_NUMBER:
        put_text(&printer->out, json_number(value));
        break;
    case JSON_STRING:
        put_string(&printer->out, json_text(value));
        break;
    case JSON_ARRAY:
        put_items(printer, value, "[]");
        break;
    case JSON_OBJECT:
        put_items(printer, value, "{}");
        break;
    }
}

char *json_print(const struct json *value, bool indented)
{
    struct printer printer = {.out = BUFFER(SIZE_MAX - 1), .indented = indented};

    if (value)
        put_value(&printer, value);
    else
        put_text(&printer.out, "null");
    return printer.out.data; /* the caller wipes it */
}
