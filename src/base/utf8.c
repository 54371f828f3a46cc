#include "base/utf8.h"

#include "base/memory.h"

#include <stdio.h>
#include <string.h>

/* C0 and C1 controls, bidirectional and other invisible formatting, line separators, tags. */
static const struct {
    uint32_t first, last;
} unsafe_ranges[] = {
    {0x0000, 0x001f}, {0x007f, 0x009f}, {0x061c, 0x061c}, {0x200b, 0x200f},   {0x2028, 0x202e},
    {0x2060, 0x2069}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
};

/* By the first byte; 0 for one that begins no character. */
static size_t sequence_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t utf8_decode(const char *text, size_t length, uint32_t *point)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)text;
    size_t size = length > 0 ? sequence_length(bytes[0]) : 0;
    uint32_t value;

    if (size == 0 || size > length)
        return 0;
    value = size == 1 ? bytes[0] : bytes[0] & (0xffU >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (bytes[i] & 0x3fU);
    }
    if (value < smallest[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *point = value;
    return size;
}

bool utf8_is_valid(const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        uint32_t point;
        size_t size = utf8_decode(text, left, &point);

        if (size == 0)
            return false;
        text += size;
        left -= size;
    }
    return true;
}

bool utf8_is_unsafe(uint32_t point)
{
    for (size_t i = 0; i < ARRAY_SIZE(unsafe_ranges); i++)
        if (point >= unsafe_ranges[i].first && point <= unsafe_ranges[i].last)
            return true;
    return false;
}

char *utf8_visible(const char *text)
{
    size_t left = strlen(text);
    /* The longest escape of one byte has four characters, of a longer character seven. */
    char *out = memory_allocate(left * 4 + 1, 1);
    char *end = out;

    while (left > 0) {
        uint32_t point = 0;
        size_t size = utf8_decode(text, left, &point);

        if (size > 0 && !utf8_is_unsafe(point))
            end = mempcpy(end, text, size);
        else if (size > 1)
            end += sprintf(end, "\\u%04x", point);
        else
            end += sprintf(end, "\\x%02x", (unsigned char)*text);
        text += size ? size : 1;
        left -= size ? size : 1;
    }
    return out;
}
