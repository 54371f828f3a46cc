#include "net/page.h"

#include "net/page_style.h"

#include <stdint.h>
#include <string.h>

/* Characters of foreign text that are shown. */
enum { TEXT_MAXIMUM = 300 };

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

static const struct {
    const char *class;
    const char *colour; /* of the icon, as it stands in a URL */
    const char *path;   /* of the sign, on a field of 48 by 48 */
    const char *label;
} kinds[] = {
    [PAGE_SUCCESS] = {"success", "%2312805c", "M15 25l6.5 6.5L34 18", "Success"},
    [PAGE_FAILURE] = {"failure", "%23b3261e", "M17 17l14 14M31 17L17 31", "Failure"},
    [PAGE_WAITING] = {"waiting", "%234b57c8", "M24 13v11l7 4", "Waiting"},
};

/*
 * Length of the UTF-8 sequence at `text` and its code point (RFC 3629: shortest form, no surrogates), or 0
 * when it isn't one. The final NUL stops it, as no continuation byte.
 */
static size_t decode(const unsigned char *text, uint32_t *point)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = text[0] < 0x80 ? 1 : text[0] < 0xC2 ? 0 : text[0] < 0xE0 ? 2 : text[0] < 0xF0 ? 3 : 4;

    if (length == 0 || text[0] > 0xF4)
        return 0;
    *point = length == 1 ? text[0] : text[0] & (0xFFU >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
        *point = *point << 6 | (text[i] & 0x3FU);
    }
    if (*point < smallest[length] || (*point >= 0xD800 && *point <= 0xDFFF) || *point > 0x10FFFF)
        return 0;
    return length;
}

/*
 * Controls, and what turns the order of the text around it: a name must not rewrite the sentence that it
 * stands in.
 */
static bool is_harmful(uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point <= 0x9F) || (point >= 0x202A && point <= 0x202E) ||
           (point >= 0x2066 && point <= 0x2069) || (point >= 0xFFF9 && point <= 0xFFFB) ||
           (point >= 0xE0000 && point <= 0xE007F);
}

static bool is_space(uint32_t point)
{
    return point == '\t' || point == '\n' || point == '\r' || point == 0x2028 || point == 0x2029;
}

static const char *entity(uint32_t point)
{
    switch (point) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/*
 * Appends the character at `text` so that it is nothing but text; returns the bytes it took, or 0 on
 * failure.
 */
static size_t put_character(struct buffer *out, const char *text, struct error *err)
{
    uint32_t point = 0;
    size_t length = decode((const unsigned char *)text, &point);
    const char *instead = length == 0         ? replacement
                          : is_space(point)   ? " "
                          : is_harmful(point) ? replacement
                                              : entity(point);
    bool ok = instead ? buffer_append_text(out, instead, err) : buffer_append(out, text, length, err);

    if (!ok)
        return 0;
    return length ? length : 1;
}

static bool put_text(struct buffer *out, const char *text, struct error *err)
{
    for (int count = 0; *text; count++) {
        size_t taken;

        if (count == TEXT_MAXIMUM)
            return buffer_append_text(out, "\xE2\x80\xA6", err); /* … */
        taken = put_character(out, text, err);
        if (taken == 0)
            return false;
        text += taken;
    }
    return true;
}

/* `before` and `after` are markup of ours; nothing at all for a missing or empty text. */
static bool put_element(struct buffer *out, const char *before, const char *text, const char *after,
                        struct error *err)
{
    if (!text || !*text)
        return true;
    return buffer_append_text(out, before, err) && put_text(out, text, err) &&
           buffer_append_text(out, after, err);
}

static bool put_head(struct buffer *out, const struct page *page, struct error *err)
{
    return buffer_append_text(out,
                              "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                              "<meta name=\"color-scheme\" content=\"light dark\">\n",
                              err) &&
           buffer_append_format(
               out, err,
               "<link rel=\"icon\" href=\"data:image/svg+xml,"
               "%%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 48 48'%%3E"
               "%%3Ccircle cx='24' cy='24' r='24' fill='%s'/%%3E"
               "%%3Cpath d='%s' fill='none' stroke='white' stroke-width='5' stroke-linecap='round'/%%3E"
               "%%3C/svg%%3E\">\n",
               kinds[page->kind].colour, kinds[page->kind].path) &&
           put_element(out, "<title>", page->title, " · logto</title>\n", err) &&
           buffer_append_format(out, err, "<style>%s</style>\n</head>\n", page_style);
}

static bool put_sign(struct buffer *out, enum page_kind kind, struct error *err)
{
    return buffer_append_format(out, err,
                                "<svg class=\"sign\" viewBox=\"0 0 48 48\" role=\"img\" aria-label=\"%s\">"
                                "<circle cx=\"24\" cy=\"24\" r=\"22\"/><path d=\"%s\"/></svg>\n",
                                kinds[kind].label, kinds[kind].path);
}

/* <bdi> keeps a name in a right-to-left script from reordering what stands around it. */
static bool put_person(struct buffer *out, const struct page *page, struct error *err)
{
    bool anybody = (page->name && *page->name) || (page->email && *page->email);

    if (!anybody)
        return true;
    return buffer_append_text(out, "<p class=\"person\">\n", err) &&
           put_element(out, "<bdi class=\"name\">", page->name, "</bdi>\n", err) &&
           put_element(out, "<bdi class=\"email\">", page->email, "</bdi>\n", err) &&
           buffer_append_text(out, "</p>\n", err);
}

static bool put_body(struct buffer *out, const struct page *page, struct error *err)
{
    return buffer_append_format(out, err, "<body class=\"%s\">\n<main>\n", kinds[page->kind].class) &&
           put_sign(out, page->kind, err) && put_element(out, "<h1>", page->title, "</h1>\n", err) &&
           put_element(out, "<p class=\"message\">", page->message, "</p>\n", err) &&
           put_person(out, page, err) && put_element(out, "<p class=\"hint\">", page->hint, "</p>\n", err) &&
           put_element(out, "<p class=\"detail\"><bdi>", page->detail, "</bdi></p>\n", err) &&
           buffer_append_text(
               out,
               "</main>\n<footer>Shown by the logto program on this computer</footer>\n</body>\n</html>\n",
               err);
}

bool page_render(const struct page *page, struct buffer *out, struct error *err)
{
    _cleanup_buffer_ struct buffer whole = BUFFER(PAGE_MAXIMUM);

    return put_head(&whole, page, err) && put_body(&whole, page, err) &&
           buffer_append(out, buffer_text(&whole), whole.length, err);
}
