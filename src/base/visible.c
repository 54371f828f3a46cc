#include "base/visible.h"

#include "base/memory.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Decodes one UTF-8 character; its length in bytes, or 0 when it is broken. */
static size_t decode(const unsigned char *text, unsigned *point)
{
    static const unsigned smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = text[0] < 0x80   ? 1
                    : text[0] < 0xc2 ? 0
                    : text[0] < 0xe0 ? 2
                    : text[0] < 0xf0 ? 3
                    : text[0] < 0xf5 ? 4
                                     : 0;

    if (length == 0)
        return 0;
    *point = length == 1 ? text[0] : text[0] & (0xffU >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        *point = *point << 6 | (text[i] & 0x3fU);
    }
    if (*point < smallest[length] || *point > 0x10ffff || (*point >= 0xd800 && *point <= 0xdfff))
        return 0;
    return length;
}

/* What could move the cursor, or make text read differently from what it is. */
static bool is_dangerous(unsigned point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x061c ||
           (point >= 0x200b && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2060 && point <= 0x2069) || point == 0xfeff || (point >= 0xe0000 && point <= 0xe007f);
}

char *visible_text(const char *text)
{
    /* The longest replacement of one byte is four characters, of a longer character nine. */
    char *out = memory_allocate(strlen(text) * 4 + 16, 1);
    char *end = out;

    for (const unsigned char *in = (const unsigned char *)text; *in;) {
        unsigned point = 0;
        size_t length = decode(in, &point);

        if (length == 0 || (length == 1 && is_dangerous(point))) {
            end += sprintf(end, "\\x%02x", *in);
            in++;
        } else if (is_dangerous(point)) {
            end += sprintf(end, "\\u%04x", point);
            in += length;
        } else {
            end = mempcpy(end, in, length);
            in += length;
        }
    }
    return out;
}
