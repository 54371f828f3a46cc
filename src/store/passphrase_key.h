/*
 * The key of an encrypted session file: derived from the passphrase that was given or typed, or found in the
 * kernel's keyring, where the key of a typed one stays for a while.
 */
#pragma once

#include "store/store.h"

struct passphrase_key {
    const struct store_settings *settings;
    struct secret *key; /* the last one that was found or made; NULL at first */
    char *made_for;     /* the item for which it was made anew and that isn't written yet, or NULL */
};

/*
 * Where keys are kept is called `item`, one name for each session. Finds the key of the document with its
 * header at `start`. Fails with ERROR_STORE_LOCKED when there is no passphrase or a wrong one, with
 * ERROR_PROTOCOL when the header is damaged.
 */
bool passphrase_key_find(struct passphrase_key *self, const struct store_key *key, const char *item,
                         const struct buffer *document, size_t start, struct error *err);

/* Makes a new key with a fresh salt, unless that was done for this item and it is not written yet. */
bool passphrase_key_make(struct passphrase_key *self, const struct store_key *key, const char *item,
                         struct error *err);

/* The item is written: the next key for it will be another one. */
void passphrase_key_written(struct passphrase_key *self);

/* Forgets the key of an item that is removed. */
void passphrase_key_forget(const char *item);

void passphrase_key_release(struct passphrase_key *self);
