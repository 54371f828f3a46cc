/* Every item of ours at once: keys, and secrets if they are wanted. */
#pragma once

#include "store/keyring_service.h"

struct keyring_item {
    char *profile, *issuer, *app_id; /* NULL: it doesn't tell */
    struct secret *value;            /* NULL: not read */
};

struct keyring_items {
    struct keyring_item *items;
    size_t count;
};

/* Makes it one of `count` items of which nothing is known. */
void keyring_items_start(struct keyring_items *items, size_t count);

/* Asks the service for the keys of the items, which are at `paths`. Fails as keyring_get_keys(). */
bool keyring_items_read_keys(struct keyring_items *items, struct keyring_service *service,
                             const struct list *paths, struct error *err);

/* Reads the secrets of the items. Fails as keyring_get_secrets(). */
bool keyring_items_read_secrets(struct keyring_items *items, struct keyring_service *service,
                                const struct list *paths, struct error *err);

/*
 * Takes the keys from what the secrets say themselves (store_settings.identify). False unless each says one,
 * and no two the same: somebody may have copied an item.
 */
bool keyring_items_identify(struct keyring_items *items, const struct store_settings *settings);

/* Whether every item told its key. */
bool keyring_items_are_known(const struct keyring_items *items);

/* A copy of the secret of the item with this key, or NULL. */
struct secret *keyring_items_find(const struct keyring_items *items, const struct store_key *key);

/* Calls found() for each item that told its key. */
void keyring_items_hand_over(const struct keyring_items *items,
                             void (*found)(void *data, const struct store_key *key), void *data);

/* Leaves it empty; may be called again. */
void keyring_items_release(struct keyring_items *items);
