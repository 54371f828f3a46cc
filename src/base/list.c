#include "base/list.h"

#include <stdlib.h>
#include <string.h>

static void append_owned(struct list *list, char *text)
{
    list->items = memory_resize(list->items, list->count + 1, sizeof(*list->items));
    list->items[list->count++] = text;
}

void list_append(struct list *list, const char *text)
{
    append_owned(list, memory_duplicate(text));
}

void list_add(struct list *list, const char *text)
{
    if (!list_contains(list, text))
        list_append(list, text);
}

void list_add_all(struct list *list, const struct list *from)
{
    for (size_t i = 0; i < from->count; i++)
        list_add(list, from->items[i]);
}

void list_add_words(struct list *list, const char *text)
{
    _cleanup_free_ char *copy = memory_duplicate(text);
    char *rest = copy;
    char *word;

    while (rest && (word = strsep(&rest, " ")))
        if (*word)
            list_add(list, word);
}

bool list_contains(const struct list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], text) == 0)
            return true;
    return false;
}

const char *list_missing(const struct list *list, const struct list *within)
{
    for (size_t i = 0; i < list->count; i++)
        if (!list_contains(within, list->items[i]))
            return list->items[i];
    return NULL;
}

char *list_join(const struct list *list, const char *separator)
{
    size_t size = 1;
    char *text, *end;

    for (size_t i = 0; i < list->count; i++)
        size += strlen(list->items[i]) + strlen(separator);
    text = end = memory_allocate(size, 1);
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            end = stpcpy(end, separator);
        end = stpcpy(end, list->items[i]);
    }
    return text;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void list_sort(struct list *list)
{
    if (list->count)
        qsort(list->items, list->count, sizeof(*list->items), compare);
}

void list_release(struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    list->items = NULL;
    list->count = 0;
}
