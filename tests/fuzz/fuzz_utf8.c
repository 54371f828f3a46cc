/* Text made visible has nothing in it that moves a cursor or turns text around, and stays as it is when done
 * twice. */
#include "world.h"

#include "base/utf8.h"

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
        CHECK(!utf8_is_unsafe(point) && point >= 0x20 && point != 0x7f && !(point >= 0x80 && point < 0xa0));
        CHECK(!(point >= 0x202a && point <= 0x202e) && !(point >= 0x2066 && point <= 0x2069));
    }
    return 0;
}
