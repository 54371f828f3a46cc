/*
 * cJSON's own writer rounds numbers to 15 digits when that is nearly right, and prints DEL and C1 as they
 * are.
 */
#include "codec/json_print.h"

#include "codec/json_check.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXACT_INTEGER_MAXIMUM 9007199254740992.0 /* 2^53 */

struct printer {
    struct buffer out; /* without a ceiling: what is printed was bounded when it was read */
    bool indented;
    int depth;
};

/* Only a ceiling could make an append fail, and these buffers have none. */
static void put(struct buffer *out, const char *bytes, size_t length)
{
    struct error unused;

    (void)buffer_append(out, bytes, length, &unused);
}

static void put_text(struct buffer *out, const char *text)
{
    put(out, text, strlen(text));
}

static void put_escape(struct buffer *out, unsigned char character)
{
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *found = memchr(plain, character, sizeof(plain) - 1);
    char text[8];

    if (found)
        snprintf(text, sizeof(text), "\\%c", letters[found - plain]);
    else
        snprintf(text, sizeof(text), "\\u%04x", character);
    put_text(out, text);
}

/* One character; how many bytes of `text` it took. */
static size_t put_character(struct buffer *out, const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t size = json_check_utf8(text, length);

    if (size == 0)
        put_text(out, "\xef\xbf\xbd");
    else if (bytes[0] < 0x20 || bytes[0] == '"' || bytes[0] == '\\' || bytes[0] == 0x7f)
        put_escape(out, bytes[0]);
    else if (bytes[0] == 0xc2 && bytes[1] < 0xa0) /* a terminal may obey U+0080 to U+009F */
        put_escape(out, bytes[1]);
    else
        put(out, text, size);
    return size ? size : 1;
}

void json_print_string(struct buffer *out, const char *text)
{
    size_t length = strlen(text);

    put(out, "\"", 1);
    for (size_t i = 0; i < length;)
        i += put_character(out, text + i, length - i);
    put(out, "\"", 1);
}

/* The shortest form that reads back as the same number. */
static void put_number(struct buffer *out, double number)
{
    char text[32];
    int digits = 15;

    if (number >= -EXACT_INTEGER_MAXIMUM && number <= EXACT_INTEGER_MAXIMUM &&
        (double)(int64_t)number == number) {
        snprintf(text, sizeof(text), "%.0f", number);
    } else {
        do
            snprintf(text, sizeof(text), "%.*g", digits, number);
        while (digits++ < 17 && strtod(text, NULL) != number);
    }
    for (char *character = text; *character; character++)
        if (*character == ',') /* the decimal point of some locales */
            *character = '.';
    put_text(out, text);
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
            json_print_string(&printer->out, json_name(item));
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
        put_number(&printer->out, json_number(value));
        break;
    case JSON_STRING:
        json_print_string(&printer->out, json_text(value));
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
    return printer.out.data; /* handed over with its wiping */
}
