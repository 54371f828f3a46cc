#include "base/utf8_width.h"

#include "base/utf8.h"

#include <locale.h>
#include <stdbool.h>
#include <wchar.h>

/* Loaded once, for the first text that isn't ASCII; the process's own locale stays "C". */
static locale_t unicode_locale(void)
{
    static locale_t locale;
    static bool asked;

    if (!asked)
        locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    asked = true;
    return locale;
}

static size_t point_width(uint32_t point)
{
    locale_t locale = point < 0x80 ? (locale_t)0 : unicode_locale();
    locale_t before;
    int width;

    if (!locale)
        return 1;
    before = uselocale(locale);
    width = wcwidth((wchar_t)point);
    uselocale(before);
    return width < 0 ? 1 : (size_t)width;
}

size_t utf8_width(const char *text, size_t length)
{
    size_t width = 0;

    while (length > 0) {
        uint32_t point = '?';
        size_t size = utf8_decode(text, length, &point);

        width += point_width(point);
        text += size ? size : 1;
        length -= size ? size : 1;
    }
    return width;
}
