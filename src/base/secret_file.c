#include "base/secret_file.h"

#include "base/file.h"

#include <string.h>

static bool read_text(const char *path, struct buffer *text, struct error *err)
{
    bool exists;

    if (!file_read(path, FILE_NAMED, text, &exists, err))
        return error_change_code(err, ERROR_USAGE);
    return exists || error_set(err, ERROR_USAGE, "%s does not exist", path);
}

static struct secret *take(const struct buffer *text, const char *name, struct error *err)
{
    if (text->length > 0)
        return secret_new(text->data, text->length);
    error_set(err, ERROR_USAGE, "%s is empty", name);
    return NULL;
}

static bool ends_in(const struct buffer *text, const char *characters)
{
    return text->length > 0 && strchr(characters, text->data[text->length - 1]);
}

struct secret *secret_file_read(const char *path, struct error *err)
{
    _cleanup_buffer_ struct buffer text = BUFFER(SECRET_FILE_MAXIMUM);

    if (!read_text(path, &text, err))
        return NULL;
    text.length -= ends_in(&text, "\n");
    return take(&text, path, err);
}

struct secret *secret_file_line(struct buffer *text, const char *name, struct error *err)
{
    while (ends_in(text, "\r\n"))
        text->length--;
    return take(text, name, err);
}

struct secret *secret_file_read_line(const char *path, struct error *err)
{
    _cleanup_buffer_ struct buffer text = BUFFER(SECRET_FILE_MAXIMUM);

    return read_text(path, &text, err) ? secret_file_line(&text, path, err) : NULL;
}
