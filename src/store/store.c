#include "store/store.h"

#include "base/list.h"

#include <stdlib.h>
#include <string.h>

const struct store_kind store_kinds[] = {
    {"keyring", "encrypted by the keyring", store_keyring_open},
    {NULL, NULL, NULL},
};

struct stores {
    const struct store_kind *table;
    const struct store_settings *settings;
    struct store *opened[]; /* as many as the table has rows; NULL until asked for */
};

static size_t count_kinds(const struct store_kind *table)
{
    size_t count = 0;

    while (table[count].name)
        count++;
    return count;
}

const struct store_kind *store_kind_find(const struct store_kind *table, const char *name, struct error *err)
{
    _cleanup_list_ struct list names = LIST_EMPTY;
    _cleanup_free_ char *available = NULL;

    for (const struct store_kind *kind = table; kind->name; kind++) {
        if (strcmp(kind->name, name) == 0)
            return kind;
        list_append(&names, kind->name);
    }
    available = list_join(&names, ", ");
    error_set(err, ERROR_CONFIG, "unknown store '%s' (available: %s)", name, available);
    return NULL;
}

struct stores *stores_new(const struct store_kind *table, const struct store_settings *settings)
{
    struct stores *stores = memory_allocate(1, sizeof(*stores) + count_kinds(table) * sizeof(struct store *));

    stores->table = table;
    stores->settings = settings;
    return stores;
}

const struct store_kind *stores_table(const struct stores *stores)
{
    return stores->table;
}

struct store *stores_get(struct stores *stores, const char *name, struct error *err)
{
    const struct store_kind *kind = store_kind_find(stores->table, name, err);
    struct store **store = kind ? &stores->opened[kind - stores->table] : NULL;

    if (!store)
        return NULL;
    if (!*store)
        *store = kind->open(stores->settings);
    return *store;
}

void stores_free(struct stores **stores)
{
    for (size_t i = 0; *stores && i < count_kinds((*stores)->table); i++)
        if ((*stores)->opened[i])
            (*stores)->opened[i]->close((*stores)->opened[i]);
    free(*stores);
    *stores = NULL;
}
