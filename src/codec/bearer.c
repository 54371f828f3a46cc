#include "codec/bearer.h"

#include <string.h>
#include <strings.h>

struct span {
    const char *text;
    size_t length;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void trim(struct span *span)
{
    while (span->length > 0 && is_blank(span->text[0])) {
        span->text++;
        span->length--;
    }
    while (span->length > 0 && is_blank(span->text[span->length - 1]))
        span->length--;
}

/* Takes quotes off only in pairs: one by itself is damage that the verdict should name. */
static void unquote(struct span *span)
{
    trim(span);
    while (span->length >= 2 && (span->text[0] == '"' || span->text[0] == '\'') &&
           span->text[span->length - 1] == span->text[0]) {
        span->text++;
        span->length -= 2;
        trim(span);
    }
}

/* Header names and schemes are case-insensitive (RFC 9110, 5.1 and 11.1). */
static bool skip_word(struct span *span, const char *word)
{
    size_t length = strlen(word);

    if (span->length < length || strncasecmp(span->text, word, length) != 0)
        return false;
    span->text += length;
    span->length -= length;
    return true;
}

static void skip_scheme(struct span *span)
{
    struct span rest = *span;

    if (!skip_word(&rest, "Bearer") || rest.length == 0 || !is_blank(rest.text[0]))
        return;
    *span = rest;
    unquote(span);
}

const char *bearer_token(const char *text, size_t length, size_t *token_length)
{
    struct span span = {text, length};

    unquote(&span);
    if (skip_word(&span, "Authorization:"))
        unquote(&span);
    skip_scheme(&span);
    *token_length = span.length;
    return span.text;
}

bool token_is_well_formed(const char *text)
{
    const char *end = text;

    while (*end > 0x20 && *end < 0x7f)
        end++;
    return end > text && !*end;
}
