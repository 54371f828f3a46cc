/* A list of strings in the order they were added: scopes, resources, arguments. */
#pragma once

#include "base/memory.h"

#include <stdbool.h>
#include <stddef.h>

struct list {
    char **items; /* `count` strings, owned */
    size_t count;
};

#define LIST_EMPTY                                                                                           \
    {                                                                                                        \
        NULL, 0                                                                                              \
    }

#define _cleanup_list_ _cleanup_(list_release)

/* Copies `text` to the end. */
void list_append(struct list *list, const char *text);

/* Copies `text` to the end unless the list has it. */
void list_add(struct list *list, const char *text);

/* list_add() of every item of `from`. */
void list_add_all(struct list *list, const struct list *from);

/* list_add() of every word of a space-separated text (RFC 6749, 3.3); NULL adds nothing. */
void list_add_words(struct list *list, const char *text);

bool list_contains(const struct list *list, const char *text);

/* The first item of `list` that `within` lacks, or NULL. The result belongs to `list`. */
const char *list_missing(const struct list *list, const struct list *within);

/* The items with `separator` between them; the caller frees it. */
char *list_join(const struct list *list, const char *separator);

void list_sort(struct list *list);
void list_release(struct list *list);
