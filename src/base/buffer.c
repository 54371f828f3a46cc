#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* realloc() would leave the old bytes behind in freed memory, so growing copies and wipes. */
static void grow(struct buffer *buffer, size_t needed)
{
    size_t capacity = buffer->capacity ? buffer->capacity : 256;
    char *data;

    if (needed <= buffer->capacity)
        return;
    while (capacity < needed)
        capacity *= 2;
    data = memory_allocate(capacity, 1);
    if (buffer->length)
        memcpy(data, buffer->data, buffer->length);
    memory_wipe_free(buffer->data);
    buffer->data = data;
    buffer->capacity = capacity;
}

bool buffer_append(struct buffer *buffer, const void *bytes, size_t length, struct error *err)
{
    if (length > buffer->maximum - buffer->length)
        return error_set(err, ERROR_PROTOCOL, "exceeds the limit of %zu bytes", buffer->maximum);
    grow(buffer, buffer->length + length + 1);
    if (length)
        memcpy(buffer->data + buffer->length, bytes, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
    return true;
}

bool buffer_append_text(struct buffer *buffer, const char *text, struct error *err)
{
    return buffer_append(buffer, text, strlen(text), err);
}

bool buffer_append_format(struct buffer *buffer, struct error *err, const char *format, ...)
{
    char *text = NULL;
    int length;
    bool ok;
    va_list arguments;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return error_set(err, ERROR_INTERNAL, "formatting failed");
    ok = buffer_append(buffer, text, (size_t)length, err);
    memory_wipe_free(text);
    return ok;
}

const char *buffer_text(const struct buffer *buffer)
{
    return buffer->data ? buffer->data : "";
}

void buffer_clear(struct buffer *buffer)
{
    if (!buffer->data)
        return;
    explicit_bzero(buffer->data, buffer->capacity);
    buffer->length = 0;
}

void buffer_release(struct buffer *buffer)
{
    memory_wipe_free(buffer->data);
    buffer->data = NULL;
    buffer->length = 0;
    buffer->capacity = 0;
}
