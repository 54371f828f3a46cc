#include "net/browser_command.h"

#include "base/buffer.h"

#include <string.h>

/* More than any command line that starts a browser; the URL alone may be some kilobytes. */
static const size_t word_maximum = (size_t)64 * 1024;

struct scanner {
    const char *position;
    const char *url;
    char quote;   /* the one that is open, or NUL */
    bool in_word; /* also an empty one: '' */
    bool has_url;
    bool too_long;
    struct buffer word;
};

static void put(struct scanner *scanner, const char *bytes, size_t length)
{
    struct error ignored;

    scanner->in_word = true;
    if (!buffer_append(&scanner->word, bytes, length, &ignored))
        scanner->too_long = true;
}

static void end_word(struct scanner *scanner, struct list *words)
{
    if (scanner->in_word)
        list_append(words, buffer_text(&scanner->word));
    buffer_clear(&scanner->word);
    scanner->in_word = false;
}

/* In double quotes a backslash stands for itself unless it protects what is special there. */
static bool is_escape(const struct scanner *scanner)
{
    char next = scanner->position[1];

    if (scanner->position[0] != '\\' || next == '\0' || scanner->quote == '\'')
        return false;
    return scanner->quote == '\0' || next == '"' || next == '\\';
}

static bool is_quote(const struct scanner *scanner)
{
    char character = *scanner->position;

    return scanner->quote ? character == scanner->quote : character == '"' || character == '\'';
}

static void toggle_quote(struct scanner *scanner)
{
    if (scanner->quote)
        scanner->quote = '\0';
    else
        scanner->quote = *scanner->position;
    scanner->in_word = true;
    scanner->position++;
}

static void scan_percent(struct scanner *scanner)
{
    char next = scanner->position[1];

    if (next == 's') {
        put(scanner, scanner->url, strlen(scanner->url));
        scanner->has_url = true;
    } else {
        put(scanner, "%", 1);
    }
    scanner->position += next == 's' || next == '%' ? 2 : 1;
}

static void scan_character(struct scanner *scanner, struct list *words)
{
    if (is_escape(scanner)) {
        put(scanner, scanner->position + 1, 1);
        scanner->position += 2;
    } else if (is_quote(scanner)) {
        toggle_quote(scanner);
    } else if (*scanner->position == '%') {
        scan_percent(scanner);
    } else if (!scanner->quote && strchr(" \t\n", *scanner->position)) {
        end_word(scanner, words);
        scanner->position++;
    } else {
        put(scanner, scanner->position++, 1);
    }
}

bool browser_command_next(const char **rest, const char *url, struct list *words)
{
    struct scanner scanner = {.position = *rest, .url = url, .word = BUFFER(word_maximum)};
    size_t before = words->count;
    bool any;

    while (*scanner.position && (scanner.quote || *scanner.position != ':'))
        scan_character(&scanner, words);
    end_word(&scanner, words);
    buffer_release(&scanner.word);
    *rest = *scanner.position == ':' ? scanner.position + 1 : scanner.position;
    any = words->count > before && words->items[before][0] != '\0' && !scanner.too_long;
    if (!scanner.has_url)
        list_append(words, url);
    return any;
}
