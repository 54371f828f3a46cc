#include "cmd/api_header.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* RFC 9110, 5.6.2. */
#define TOKEN_CHARACTERS "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* The program's own, and those by which two servers could come to see two requests where one was sent. */
static const char *const forbidden[] = {"authorization", "host",    "cookie", "content-length",
                                        "connection",    "trailer", "te",     "transfer-encoding",
                                        "upgrade",       "expect"};

static bool is_forbidden(const char *name, size_t length)
{
    for (size_t i = 0; i < ARRAY_SIZE(forbidden); i++)
        if (strlen(forbidden[i]) == length && strncasecmp(name, forbidden[i], length) == 0)
            return true;
    return length >= 6 && strncasecmp(name, "proxy-", 6) == 0;
}

static bool is_plain(const char *value)
{
    for (; *value; value++)
        if ((*value < ' ' || *value > '~') && *value != '\t')
            return false;
    return true;
}

/* The message names the header, never its value, which may be a credential. */
static bool check(const char *line, size_t length, struct error *err)
{
    if (length == 0 || line[length] != ':')
        return error_set(err, ERROR_USAGE, "--header must be 'Name: value'");
    if (is_forbidden(line, length))
        return error_set(err, ERROR_USAGE, "--header cannot set %.*s", (int)length, line);
    if (!is_plain(line + length + 1))
        return error_set(err, ERROR_USAGE, "the value of the header %.*s must be printable ASCII",
                         (int)length, line);
    return true;
}

bool api_headers_read(const struct list *lines, struct list *out, struct error *err)
{
    for (size_t i = 0; i < lines->count; i++) {
        const char *line = lines->items[i];
        size_t length = strspn(line, TOKEN_CHARACTERS);
        const char *value = line + length + 1;
        _cleanup_free_ char *ready = NULL;

        if (!check(line, length, err))
            return false;
        value += strspn(value, " \t");
        /* libcurl's sign for a header without a value: "Name:" would remove one. */
        ready = *value ? memory_format("%.*s: %s", (int)length, line, value)
                       : memory_format("%.*s;", (int)length, line);
        list_append(out, ready);
    }
    return true;
}

bool api_headers_have(const struct list *lines, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < lines->count; i++)
        if (strncasecmp(lines->items[i], name, length) == 0 && strchr(":;", lines->items[i][length]))
            return true;
    return false;
}

/* ---- of a response ---- */

/* The next line of a head, without its break; NULL at the end. */
static char *next_line(const char **position)
{
    size_t length = strcspn(*position, "\n");
    char *line;

    if (!**position)
        return NULL;
    line = memory_format("%.*s", (int)length, *position);
    line[strcspn(line, "\r")] = '\0';
    *position += length + ((*position)[length] == '\n');
    return line;
}

/* Cuts a line into its name, in lower case, and the value; NULL for the status line. */
static char *split(char *line)
{
    size_t length = strspn(line, TOKEN_CHARACTERS);
    char *value = line + length;

    if (length == 0 || *value != ':')
        return NULL;
    *value++ = '\0';
    for (char *letter = line; *letter; letter++)
        *letter = (char)tolower((unsigned char)*letter);
    value += strspn(value, " \t");
    for (size_t end = strlen(value); end > 0 && strchr(" \t", value[end - 1]); end--)
        value[end - 1] = '\0';
    return value;
}

char *api_head_value(const struct buffer *head, const char *name)
{
    const char *position = buffer_text(head);

    for (char *line; (line = next_line(&position)); free(line)) {
        const char *value = split(line);
        char *found;

        if (!value || strcmp(line, name) != 0)
            continue;
        found = memory_duplicate(value);
        free(line);
        return found;
    }
    return NULL;
}

static void add_cookie(struct json *object, const char *name, const char *value)
{
    if (!json_member(object, name))
        json_set(object, name, json_array());
    json_append_string(json_member_for_change(object, name), value);
}

static void add_header(struct json *object, const char *name, const char *value)
{
    const char *before = json_string(object, name);
    _cleanup_free_ char *joined = before ? memory_format("%s, %s", before, value) : NULL;

    if (strcmp(name, "set-cookie") == 0)
        add_cookie(object, name, value);
    else
        json_set_string(object, name, joined ? joined : value);
}

struct json *api_head_json(const struct buffer *head)
{
    struct json *object = json_object();
    const char *position = buffer_text(head);

    for (char *line; (line = next_line(&position)); free(line)) {
        const char *value = split(line);

        if (value)
            add_header(object, line, value);
    }
    return object;
}

char *api_head_status(const struct buffer *head)
{
    const char *position = buffer_text(head);
    _cleanup_free_ char *line = next_line(&position);
    const char *space = line ? strchr(line, ' ') : NULL;
    char *status = memory_duplicate(space ? space + 1 : "");

    for (size_t end = strlen(status); end > 0 && status[end - 1] == ' '; end--)
        status[end - 1] = '\0';
    return status;
}
