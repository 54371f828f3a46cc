#include "fake.h"

#include <stdlib.h>
#include <string.h>

struct memory_item {
    char *profile;
    char *issuer;
    char *app_id;
    struct secret *value;
    struct memory_item *next;
};

struct store_memory {
    struct store store;
    struct memory_item *items;
};

/* The link that points to the item with this key, or to the end of the list. */
static struct memory_item **find(struct store *store, const struct store_key *key)
{
    struct memory_item **link = &((struct store_memory *)store)->items;

    while (*link && (strcmp((*link)->profile, key->profile) != 0 ||
                     strcmp((*link)->issuer, key->issuer) != 0 || strcmp((*link)->app_id, key->app_id) != 0))
        link = &(*link)->next;
    return link;
}

static bool memory_load(struct store *store, const struct store_key *key, struct secret **out,
                        struct error *err)
{
    struct memory_item *item = *find(store, key);

    (void)err;
    *out = item ? secret_copy(item->value) : NULL;
    return true;
}

static bool memory_save(struct store *store, const struct store_key *key, const struct secret *value,
                        struct error *err)
{
    struct memory_item **link = find(store, key);

    (void)err;
    if (!*link) {
        *link = memory_allocate(1, sizeof(**link));
        (*link)->profile = memory_duplicate(key->profile);
        (*link)->issuer = memory_duplicate(key->issuer);
        (*link)->app_id = memory_duplicate(key->app_id);
    }
    secret_free(&(*link)->value);
    (*link)->value = secret_copy(value);
    return true;
}

static bool memory_remove(struct store *store, const struct store_key *key, struct error *err)
{
    struct memory_item **link = find(store, key);
    struct memory_item *item = *link;

    (void)err;
    if (!item)
        return true;
    *link = item->next;
    free(item->profile);
    free(item->issuer);
    free(item->app_id);
    secret_free(&item->value);
    free(item);
    return true;
}

static bool memory_prepare(struct store *store, const struct store_key *key, struct error *err)
{
    (void)store;
    (void)key;
    (void)err;
    return true;
}

static bool memory_list(struct store *store, void (*found)(void *data, const struct store_key *key),
                        void *data, struct error *err)
{
    const struct store_memory *self = (struct store_memory *)store;

    (void)err;
    for (const struct memory_item *item = self->items; item; item = item->next)
        found(data, &(struct store_key){item->profile, item->issuer, item->app_id});
    return true;
}

static void memory_close(struct store *store)
{
    struct store_memory *self = (struct store_memory *)store;
    struct error ignored;

    while (self->items) {
        struct store_key key = {self->items->profile, self->items->issuer, self->items->app_id};

        memory_remove(store, &key, &ignored);
    }
    free(self);
}

struct store *store_memory_open(const struct store_settings *settings)
{
    struct store_memory *self = memory_allocate(1, sizeof(*self));

    (void)settings;
    self->store = (struct store){memory_load,    memory_save, memory_remove,
                                 memory_prepare, memory_list, memory_close};
    return &self->store;
}
