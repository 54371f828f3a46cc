#include "base/memory.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *last_words;

void memory_set_last_words(const char *text)
{
    last_words = text;
}

void memory_exhausted(void)
{
    if (last_words)
        (void)!write(STDOUT_FILENO, last_words, strlen(last_words));
    else
        fputs("logto: out of memory\n", stderr);
    _Exit(1);
}

static void *require(void *pointer)
{
    if (!pointer)
        memory_exhausted();
    return pointer;
}

void *memory_obtain(size_t size)
{
    return require(malloc(size ? size : 1));
}

void *memory_allocate(size_t count, size_t size)
{
    return require(calloc(count ? count : 1, size));
}

void *memory_resize(void *pointer, size_t count, size_t size)
{
    return require(reallocarray(pointer, count ? count : 1, size));
}

char *memory_duplicate(const char *text)
{
    return text ? require(strdup(text)) : NULL;
}

char *memory_format(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    return require(text);
}

void memory_wipe_free(void *pointer)
{
    if (!pointer)
        return;
    explicit_bzero(pointer, malloc_usable_size(pointer));
    free(pointer);
}

void *memory_wipe_resize(void *pointer, size_t size)
{
    void *fresh = memory_obtain(size);
    size_t before = pointer ? malloc_usable_size(pointer) : 0;

    if (before)
        memcpy(fresh, pointer, before < size ? before : size);
    memory_wipe_free(pointer);
    return fresh;
}

void memory_free_pointer(void *pointer_to_pointer)
{
    void **pointer = pointer_to_pointer;

    free(*pointer);
    *pointer = NULL;
}
