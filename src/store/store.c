#include "store/store.h"

#include "base/list.h"

#include <stdlib.h>
#include <string.h>

const struct store_kind store_kinds[] = {
    {"keyring", "encrypted by the keyring", store_keyring_open, NULL},
    {"file", "encrypted with a passphrase", store_file_open, NULL},
    {"plaintext", "NOT ENCRYPTED", store_plaintext_open,
     "the session is stored unencrypted: whoever can read the file can use it"},
    {NULL, NULL, NULL, NULL},
};

struct stores {
    const struct store_kind *table;
    const struct store_settings *settings;
    struct store_settings quiet; /* the same, but for that */
    struct store *opened[];      /* as many as the table has rows; NULL until asked for */
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
    stores->quiet = *settings;
    stores->quiet.quiet = true;
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

struct store *stores_open_quiet(struct stores *stores, const char *name, struct error *err)
{
    const struct store_kind *kind = store_kind_find(stores->table, name, err);

    return kind ? kind->open(&stores->quiet) : NULL;
}

void stores_free(struct stores **stores)
{
    for (size_t i = 0; *stores && i < count_kinds((*stores)->table); i++)
        if ((*stores)->opened[i])
            (*stores)->opened[i]->close((*stores)->opened[i]);
    free(*stores);
    *stores = NULL;
}
