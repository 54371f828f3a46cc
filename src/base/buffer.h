/*
 * A byte buffer that grows up to a declared maximum. Always NUL-terminated behind `length`, and wiped when it
 * is released or reallocated, so that it may hold credentials.
 */
#pragma once

#include "base/error.h"
#include "base/memory.h"

#include <stdbool.h>
#include <stddef.h>

struct buffer {
    char *data; /* NULL while nothing was appended; buffer_text() never is */
    size_t length;
    size_t capacity;
    size_t maximum; /* bytes; an append that would exceed it fails with ERROR_PROTOCOL */
};

#define BUFFER(maximum_bytes)                                                                                \
    {                                                                                                        \
        NULL, 0, 0, (maximum_bytes)                                                                          \
    }

#define _cleanup_buffer_ _cleanup_(buffer_release)

/* Each appends or fails whole: after a failure the content is what it was. */
bool buffer_append(struct buffer *buffer, const void *bytes, size_t length, struct error *err);
bool buffer_append_text(struct buffer *buffer, const char *text, struct error *err);
bool buffer_append_format(struct buffer *buffer, struct error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The content, NUL-terminated, "" when empty. Valid until the next append or release. */
const char *buffer_text(const struct buffer *buffer);

/* Wipes the content and keeps the allocation. */
void buffer_clear(struct buffer *buffer);

/* Wipes and frees; the buffer can be used again. */
void buffer_release(struct buffer *buffer);
