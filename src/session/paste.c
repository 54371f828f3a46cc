#include "session/paste.h"

#include "codec/url.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static bool is_part_of_url(char character)
{
    return character > ' ' && character <= '~' && !strchr("'\"`\\<>", character);
}

/* The end of an escape sequence that begins at `text`: a terminal may put some around what is pasted. */
static const char *skip_escape(const char *text)
{
    if (text[1] != '[')
        return text + 1;
    for (text += 2; *text >= ' ' && *text < '@'; text++)
        ;
    return *text ? text + 1 : text;
}

/* Leaves what a URL can consist of. */
static void squeeze(char *text)
{
    char *to = text;

    for (const char *from = text; *from;) {
        if (*from == '\033') {
            from = skip_escape(from);
            continue;
        }
        if (is_part_of_url(*from))
            *to++ = *from;
        from++;
    }
    *to = '\0';
}

/* The next place in `text` where a URL begins, or NULL. */
static char *find_url(char *text)
{
    char *plain = strstr(text, "http://");
    char *secure = strstr(text, "https://");

    return !plain || (secure && secure < plain) ? secure : plain;
}

static bool has_parameter(const char *query, const char *name)
{
    struct buffer value = BUFFER(PASTE_MAXIMUM);
    bool has = form_find(query, name, &value) == FORM_ONCE && value.length > 0;

    buffer_release(&value);
    return has;
}

static bool ends_in(const char *text, const char *end)
{
    size_t length = strlen(text);

    return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

/* One URL, or one query. */
static enum paste_verdict judge_one(char *text, const struct secret *state, const char **query)
{
    char *mark;

    text[strcspn(text, "#")] = '\0';
    mark = strchr(text, '?');
    *query = mark ? mark + 1 : text;
    if (has_parameter(*query, "code") || has_parameter(*query, "error")) {
        if (form_carries(*query, "state", state))
            return PASTE_REDIRECT;
        return has_parameter(*query, "state") ? PASTE_STALE : PASTE_OTHER;
    }
    if (ends_in(text, "/callback") || ends_in(text, "/callback?"))
        return PASTE_BARE;
    if (has_parameter(*query, "client_id") || (!mark && strstr(text, "//localhost:")))
        return PASTE_START;
    return *text ? PASTE_OTHER : PASTE_NOTHING;
}

enum paste_verdict paste_judge_text(char *text, const struct secret *state, const char **query)
{
    enum paste_verdict verdict = PASTE_NOTHING;

    squeeze(text);
    for (char *part = text, *next; part; part = next) {
        enum paste_verdict found;
        char first = '\0';

        next = *part ? find_url(part + 1) : NULL;
        if (next) {
            first = *next;
            *next = '\0';
        }
        found = judge_one(part, state, query);
        if (found == PASTE_REDIRECT)
            return found;
        if (found != PASTE_NOTHING)
            verdict = found;
        if (next)
            *next = first;
    }
    *query = NULL;
    return verdict;
}

static size_t count_visible(const struct buffer *text)
{
    size_t count = 0;

    for (size_t i = 0; i < text->length; i++)
        count += (unsigned char)text->data[i] > ' ';
    return count;
}

/* A NUL would hide what comes after it. */
static void append_visible(struct buffer *text, char *chunk, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (chunk[i] == '\0')
            chunk[i] = ' ';
    if (!buffer_append(text, chunk, length, NULL))
        buffer_clear(text); /* too long for a redirect URL */
}

size_t paste_read(struct paste *paste, int64_t now)
{
    char chunk[4096];
    ssize_t got = read(paste->descriptor, chunk, sizeof(chunk));

    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
        paste->descriptor = -1;
    if (got > 0)
        append_visible(&paste->text, chunk, (size_t)got);
    explicit_bzero(chunk, sizeof(chunk));
    if (paste->text.length > 0 && (paste->descriptor < 0 || strpbrk(buffer_text(&paste->text), "\r\n")))
        paste->due = now + PASTE_PAUSE;
    return count_visible(&paste->text);
}

enum paste_verdict paste_judge(struct paste *paste, const struct secret *state, struct buffer *query)
{
    enum paste_verdict verdict = PASTE_NOTHING;
    const char *found = NULL;

    if (paste->text.length > 0)
        verdict = paste_judge_text(paste->text.data, state, &found);
    if (verdict == PASTE_REDIRECT && !buffer_append_text(query, found, NULL))
        verdict = PASTE_OTHER;
    buffer_clear(&paste->text);
    paste->due = INT64_MAX;
    return verdict;
}

void paste_release(struct paste *paste)
{
    buffer_release(&paste->text);
}
