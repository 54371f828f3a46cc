/*
 * Allocation that can't fail and release by scope.
 *
 * Running out of memory ends the program with a message: a command-line program has no way to recover.
 */
#pragma once

#include <stddef.h>

/* Written to stdout instead of the line on stderr; must stay valid. NULL: the line on stderr. */
void memory_set_last_words(const char *text);

/* Ends the program with exit status 1, for memory that other functions ask for. */
_Noreturn void memory_exhausted(void);

/* Declares a local that is released when its scope ends: `_cleanup_(buffer_release) struct buffer b = …`. */
#define _cleanup_(function) __attribute__((cleanup(function)))

/* For char * and other malloc()ed plain data that holds no secret. */
#define _cleanup_free_ _cleanup_(memory_free_pointer)

/* The value of a pointer, which becomes NULL: for handing over what a cleanup attribute would release. */
#define TAKE(pointer)                                                                                        \
    __extension__({                                                                                          \
        __typeof__(pointer) taken_ = (pointer);                                                              \
        (pointer) = NULL;                                                                                    \
        taken_;                                                                                              \
    })

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* malloc() that can't fail, for libraries that let us say where their memory comes from. */
void *memory_obtain(size_t size) __attribute__((malloc, alloc_size(1)));

/* Zeroed memory of count × size bytes; the caller frees it with free(). */
void *memory_allocate(size_t count, size_t size) __attribute__((malloc, alloc_size(1, 2)));

/* realloc() that can't fail; takes a count and a size to check the multiplication. */
void *memory_resize(void *pointer, size_t count, size_t size);

/* strdup() that can't fail; NULL gives NULL. */
char *memory_duplicate(const char *text);

/* sprintf() into a new string that the caller frees. */
char *memory_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Overwrites the whole allocation, then frees it. NULL is allowed. Never inlined: where the compiler knows
 * the requested size, it reports wiping malloc_usable_size() bytes as an overflow.
 */
void memory_wipe_free(void *pointer) __attribute__((noinline));

/* realloc() that can't fail, for memory that may hold a secret: the old bytes are wiped. */
void *memory_wipe_resize(void *pointer, size_t size);

/* Cleanup handler behind _cleanup_free_. */
void memory_free_pointer(void *pointer_to_pointer);
