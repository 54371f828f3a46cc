#include "net/page.h"

#include "base/utf8.h"
#include "net/page_lines.h"

#include <stddef.h>
#include <string.h>

/* Characters of foreign text that are shown. */
enum { TEXT_MAXIMUM = 300 };

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

/* img-src is for the icon, a data: URL: or the browser would ask the port for one after we have left it. */
const char page_content_security_policy[] = "default-src 'none'; style-src '" PAGE_STYLE_HASH
                                            "'; img-src data:; "
                                            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/* As page.html names them. */
static const char *const kinds[] = {
    [PAGE_SUCCESS] = "success",
    [PAGE_FAILURE] = "failure",
    [PAGE_WAITING] = "waiting",
};

static const struct {
    const char *name;
    size_t offset;
} fields[] = {
    {"title", offsetof(struct page, title)}, {"message", offsetof(struct page, message)},
    {"name", offsetof(struct page, name)},   {"email", offsetof(struct page, email)},
    {"hint", offsetof(struct page, hint)},   {"detail", offsetof(struct page, detail)},
    {"host", offsetof(struct page, host)},
};

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

/* Appends the character at `text` so that it is nothing but text; returns the bytes it took, or 0 on failure.
 */
static size_t put_character(struct buffer *out, const char *text, size_t left, struct error *err)
{
    uint32_t point = 0;
    size_t size = utf8_decode(text, left, &point);
    const char *instead = size == 0               ? replacement
                          : is_space(point)       ? " "
                          : utf8_is_unsafe(point) ? replacement
                                                  : entity(point);

    if (instead ? !buffer_append_text(out, instead, err) : !buffer_append(out, text, size, err))
        return 0;
    return size ? size : 1;
}

static bool put_text(struct buffer *out, const char *text, struct error *err)
{
    size_t left = strlen(text);

    for (int count = 0; left > 0; count++) {
        size_t taken;

        if (count == TEXT_MAXIMUM)
            return buffer_append_text(out, "\xE2\x80\xA6", err); /* … */
        taken = put_character(out, text, left, err);
        if (taken == 0)
            return false;
        text += taken;
        left -= taken;
    }
    return true;
}

/* The text that "{{name}}" at `mark` stands for, "" for none; *end becomes the place behind it. */
static const char *marked_text(const struct page *page, const char *mark, const char **end)
{
    const char *name = mark + 2;
    size_t length = strcspn(name, "}");
    const char *text = NULL;

    *end = name + length + 2;
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
        if (strlen(fields[i].name) == length && memcmp(fields[i].name, name, length) == 0)
            text = *(const char *const *)(const void *)((const char *)page + fields[i].offset);
    return text ? text : "";
}

/* Not a line of another kind, nor one that has texts to show, none of which is given. */
static bool is_wanted(const struct page *page, const char *line)
{
    static const char attribute[] = " data-kind=\"";
    const char *kind = strstr(line, attribute);
    const char *mark = strstr(line, "{{");

    if (kind)
        return strncmp(kind + strlen(attribute), kinds[page->kind], strlen(kinds[page->kind])) == 0;
    if (!mark)
        return true;
    for (; mark; mark = strstr(mark, "{{"))
        if (*marked_text(page, mark, &mark))
            return true;
    return false;
}

static bool put_line(struct buffer *out, const struct page *page, const char *line, struct error *err)
{
    for (const char *mark = strstr(line, "{{"); mark; mark = strstr(line, "{{")) {
        if (!buffer_append(out, line, (size_t)(mark - line), err) ||
            !put_text(out, marked_text(page, mark, &line), err))
            return false;
    }
    return buffer_append_text(out, line, err);
}

bool page_render(const struct page *page, struct buffer *out, struct error *err)
{
    _cleanup_buffer_ struct buffer whole = BUFFER(PAGE_MAXIMUM);
    struct page filled = *page;

    if (!filled.host)
        filled.host = "this computer";
    for (size_t i = 0; i < ARRAY_SIZE(page_lines); i++)
        if (is_wanted(&filled, page_lines[i]) && !put_line(&whole, &filled, page_lines[i], err))
            return false;
    return buffer_append(out, buffer_text(&whole), whole.length, err);
}
