#include "store/keyring_items.h"

#include <stdlib.h>
#include <string.h>

void keyring_items_start(struct keyring_items *items, size_t count)
{
    keyring_items_release(items);
    items->items = memory_allocate(count, sizeof(*items->items));
    items->count = count;
}

static void release_key(struct keyring_item *item)
{
    free(item->profile);
    free(item->issuer);
    free(item->app_id);
    item->profile = item->issuer = item->app_id = NULL;
}

static void set_key(void *data, const struct store_key *key)
{
    struct keyring_item *item = data;

    release_key(item);
    item->profile = memory_duplicate(key->profile);
    item->issuer = memory_duplicate(key->issuer);
    item->app_id = memory_duplicate(key->app_id);
}

static void keep_key(void *data, size_t index, const struct store_key *key)
{
    set_key(&((struct keyring_items *)data)->items[index], key);
}

bool keyring_items_read_keys(struct keyring_items *items, struct keyring_service *service,
                             const struct list *paths, struct error *err)
{
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

static bool has_key(const struct keyring_item *item, const struct store_key *key)
{
    return item->profile && strcmp(item->profile, key->profile) == 0 &&
           strcmp(item->issuer, key->issuer) == 0 && strcmp(item->app_id, key->app_id) == 0;
}

static struct store_key key_of(const struct keyring_item *item)
{
    return (struct store_key){item->profile, item->issuer, item->app_id};
}

static bool one_of(const struct keyring_item *items, size_t count, struct store_key key)
{
    for (size_t i = 0; i < count; i++)
        if (has_key(&items[i], &key))
            return true;
    return false;
}

bool keyring_items_identify(struct keyring_items *items, const struct store_settings *settings)
{
    for (size_t i = 0; i < items->count; i++) {
        struct keyring_item *item = &items->items[i];

        if (!settings->identify || !settings->identify(item->value, set_key, item) ||
            one_of(items->items, i, key_of(item)))
            return false;
    }
    return true;
}

bool keyring_items_are_known(const struct keyring_items *items)
{
    for (size_t i = 0; i < items->count; i++)
        if (!items->items[i].profile)
            return false;
    return true;
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
        struct store_key key = key_of(&items->items[i]);

        if (key.profile)
            found(data, &key);
    }
}

void keyring_items_release(struct keyring_items *items)
{
    for (size_t i = 0; i < items->count; i++) {
        release_key(&items->items[i]);
        secret_free(&items->items[i].value);
    }
    free(items->items);
    *items = (struct keyring_items){NULL, 0};
}
