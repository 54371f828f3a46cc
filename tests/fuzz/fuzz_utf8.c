/* Text made visible has nothing in it that moves a cursor or turns text around, and stays as it is when done
 * twice. Wrapped it loses nothing but blanks, and no line is too long but one with what is copied. */
#include "world.h"

#include "base/utf8.h"
#include "base/utf8_width.h"
#include "cmd/wrap.h"

#include <stdio.h>

#define INDENT 4
#define COLUMNS 24

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \n");
}

static void check_same(const char *text, const char *wrapped)
{
    for (text = skip_blanks(text), wrapped = skip_blanks(wrapped); *text; text = skip_blanks(text + 1)) {
        CHECK(*text == *wrapped);
        wrapped = skip_blanks(wrapped + 1);
    }
    CHECK(!*wrapped);
}

static void check_line(const char *line, size_t length, size_t column)
{
    CHECK(column + utf8_width(line, length) <= COLUMNS || memmem(line, length, "://", 3) ||
          memmem(line, length, "logto ", 6) || memmem(line, length, "sudo ", 5));
}

static void check_wrapped(const char *visible)
{
    _cleanup_free_ char *wrapped = NULL;
    size_t size, column = INDENT;
    FILE *stream = open_memstream(&wrapped, &size);

    wrap_text(stream, visible, INDENT, INDENT, COLUMNS);
    fclose(stream);
    check_same(visible, wrapped);
    for (const char *line = wrapped, *end; *line; line = *end ? end + 1 : end, column = 0) {
        end = strchrnul(line, '\n');
        check_line(line, (size_t)(end - line), column);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_free_ char *text = fuzz_text(data, size);
    _cleanup_free_ char *visible = utf8_visible(text);
    _cleanup_free_ char *twice = utf8_visible(visible);
    size_t length = strlen(visible);
    uint32_t point;

    CHECK(strcmp(visible, twice) == 0);
    for (size_t i = 0, step; i < length; i += step) {
        step = utf8_decode(visible + i, length - i, &point);
        CHECK(step > 0 && i + step <= length);
        CHECK(utf8_width(visible + i, step) <= 2);
        CHECK(!utf8_is_unsafe(point) && point >= 0x20 && point != 0x7f && !(point >= 0x80 && point < 0xa0));
        CHECK(!(point >= 0x202a && point <= 0x202e) && !(point >= 0x2066 && point <= 0x2069));
    }
    check_wrapped(visible);
    return 0;
}
