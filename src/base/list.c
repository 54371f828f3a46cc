#include "base/list.h"

#include <stdlib.h>
#include <string.h>

/* There is room up to the next power of two, so that appending many copies none of them often. */
static void append_owned(struct list *list, char *text)
{
    if ((list->count & (list->count - 1)) == 0) /* 0 too */
        list->items = memory_resize(list->items, list->count ? 2 * list->count : 1, sizeof(*list->items));
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

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* By text, then by place: items of one list lie in one array. */
static int compare_places(const void *a, const void *b)
{
    char **left = *(char **const *)a, **right = *(char **const *)b;
    int order = strcmp(*left, *right);

    return order ? order : (left > right) - (left < right);
}

/* Frees each item from `start` on that equals an earlier one, and leaves NULL in its place. */
static void free_repeats(struct list *list, size_t start)
{
    _cleanup_free_ char ***places = memory_allocate(list->count + 1, sizeof(*places));

    for (size_t i = 0; i < list->count; i++)
        places[i] = &list->items[i];
    qsort(places, list->count, sizeof(*places), compare_places);
    for (size_t i = 1, first = 0; i < list->count; i++) {
        if (strcmp(*places[first], *places[i]) != 0) {
            first = i;
        } else if (places[i] >= list->items + start) {
            free(*places[i]);
            *places[i] = NULL;
        }
    }
}

static void close_gaps(struct list *list)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++)
        if (list->items[i])
            list->items[kept++] = list->items[i];
    list->count = kept;
}

/* Sorts instead of asking list_contains(): a token's scope may have ten thousand words. */
void list_add_words(struct list *list, const char *text)
{
    _cleanup_free_ char *copy = memory_duplicate(text);
    size_t start = list->count;
    char *rest = copy;
    char *word;

    while (rest && (word = strsep(&rest, " ")))
        if (*word)
            list_append(list, word);
    free_repeats(list, start);
    close_gaps(list);
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
    struct list sorted = {memory_allocate(within->count + 1, sizeof(*sorted.items)), within->count};
    const char *missing = NULL;

    if (within->count)
        memcpy(sorted.items, within->items, within->count * sizeof(*sorted.items));
    list_sort(&sorted);
    for (size_t i = 0; i < list->count && !missing; i++)
        if (!bsearch(&list->items[i], sorted.items, sorted.count, sizeof(*sorted.items), compare))
            missing = list->items[i];
    free(sorted.items); /* whose texts belong to `within` */
    return missing;
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
