#include "cmd/qr_code.h"

#include "base/library.h"

#include <qrencode.h>

#define QUIET_ZONE 4 /* modules */

/* Of the 256 colors, which no theme changes, unlike the first sixteen. */
#define BLACK 16
#define WHITE 231

static struct {
    __typeof__(QRcode_encodeString8bit) *encode;
    __typeof__(QRcode_free) *free;
} qrencode;

static bool load_libqrencode(struct error *err)
{
    const struct library_symbol symbols[] = {
        {"QRcode_encodeString8bit", &qrencode.encode},
        {"QRcode_free", &qrencode.free},
    };

    return library_open("libqrencode.so.4", "libqrencode4", symbols, ARRAY_SIZE(symbols), err);
}

/* Everything outside the symbol is white. */
static int color_at(const QRcode *code, int x, int y)
{
    if (x < 0 || y < 0 || x >= code->width || y >= code->width)
        return WHITE;
    return code->data[y * code->width + x] & 1 ? BLACK : WHITE;
}

/* Two rows of modules: each character has an upper and a lower half. */
static bool append_line(const QRcode *code, int y, struct buffer *out, struct error *err)
{
    int upper = -1, lower = -1;

    for (int x = -QUIET_ZONE; x < code->width + QUIET_ZONE; x++) {
        int foreground = color_at(code, x, y), background = color_at(code, x, y + 1);

        if ((foreground != upper || background != lower) &&
            !buffer_append_format(out, err, "\033[38;5;%d;48;5;%dm", foreground, background))
            return false;
        if (!buffer_append_text(out, "\u2580", err))
            return false;
        upper = foreground;
        lower = background;
    }
    return buffer_append_text(out, "\033[0m\n", err);
}

static bool append_code(const QRcode *code, int columns, int rows, struct buffer *out, struct error *err)
{
    int width = code->width + 2 * QUIET_ZONE;

    if (width > columns || (width + 1) / 2 > rows)
        return error_set(err, ERROR_INTERNAL, "the terminal is too small for a QR code of %d columns", width);
    for (int y = -QUIET_ZONE; y < code->width + QUIET_ZONE; y += 2)
        if (!append_line(code, y, out, err))
            return false;
    return true;
}

bool qr_code_render(const char *text, int columns, int rows, struct buffer *out, struct error *err)
{
    QRcode *code;
    bool ok;

    if (!load_libqrencode(err))
        return false;
    code = qrencode.encode(text, 0, QR_ECLEVEL_L);
    if (!code)
        return error_set_errno(err, ERROR_INTERNAL, "cannot make a QR code");
    ok = append_code(code, columns, rows, out, err);
    qrencode.free(code);
    return ok;
}
