#include "store/keyring_items.h"

#include <stdlib.h>
#include <string.h>

static void keep_key(void *data, size_t index, const struct store_key *key)
{
    struct keyring_item *item = &((struct keyring_items *)data)->items[index];

    item->profile = memory_duplicate(key->profile);
    item->issuer = memory_duplicate(key->issuer);
    item->app_id = memory_duplicate(key->app_id);
}

bool keyring_items_read_keys(struct keyring_items *items, struct keyring_service *service,
                             const struct list *paths, struct error *err)
{
    keyring_items_release(items);
    items->items = memory_allocate(paths->count, sizeof(*items->items));
    items->count = paths->count;
    return keyring_get_keys(service, paths, keep_key, items, err);
}

bool keyring_items_read_secrets(struct keyring_items *items, struct keyring_service *service,
                                const struct list *paths, struct error *err)
{
    struct secret **values;
    bool ok;

    if (items->count == 0)
        return true;
    values = memory_allocate(items->count, sizeof(struct secret *));
    ok = keyring_get_secrets(service, paths, values, err);
    for (size_t i = 0; ok && i < items->count; i++)
        items->items[i].value = values[i];
    free(values);
    return ok;
}

bool keyring_items_are_known(const struct keyring_items *items)
{
    for (size_t i = 0; i < items->count; i++)
        if (!items->items[i].profile)
            return false;
    return true;
}

static bool has_key(const struct keyring_item *item, const struct store_key *key)
{
    return item->profile && strcmp(item->profile, key->profile) == 0 &&
           strcmp(item->issuer, key->issuer) == 0 && strcmp(item->app_id, key->app_id) == 0;
}

struct secret *keyring_items_find(const struct keyring_items *items, const struct store_key *key)
{
    for (size_t i = 0; i < items->count; i++)
        if (items->items[i].value && has_key(&items->items[i], key))
            return secret_copy(items->items[i].value);
    return NULL;
}

void keyring_items_hand_over(const struct keyring_items *items,
                             void (*found)(void *data, const struct store_key *key), void *data)
{
    for (size_t i = 0; i < items->count; i++) {
        const struct keyring_item *item = &items->items[i];

        if (item->profile)
            found(data, &(struct store_key){item->profile, item->issuer, item->app_id});
    }
}

void keyring_items_release(struct keyring_items *items)
{
    for (size_t i = 0; i < items->count; i++) {
        free(items->items[i].profile);
        free(items->items[i].issuer);
        free(items->items[i].app_id);
        secret_free(&items->items[i].value);
    }
    free(items->items);
    *items = (struct keyring_items){NULL, 0};
}
