/*
 * The door to where sessions are kept: the Secret Service, or memory in tests. One item per profile + issuer
 * + app, so that one write replaces all of it. tests/unit/test_store.c is the contract every implementation
 * must pass.
 */
#pragma once

#include "base/error.h"
#include "base/secret.h"

#include <stdbool.h>

/* What names one item; no secrets. All three are set. */
struct store_key {
    const char *profile;
    const char *issuer;
    const char *app_id;
};

struct store {
    const char *name; /* the contract's word: "keyring", "file", "plaintext"; "memory" in tests */

    /*
     * *out becomes the stored secret, to be freed by the caller, or NULL when there is none. Absent and
     * unreadable are different: the latter fails with ERROR_STORE_UNAVAILABLE or ERROR_STORE_LOCKED.
     */
    bool (*load)(struct store *store, const struct store_key *key, struct secret **out, struct error *err);

    /* Replaces the item whole, or leaves it as it was and fails. */
    bool (*save)(struct store *store, const struct store_key *key, const struct secret *value,
                 struct error *err);

    /* Removes the item; an absent one is fine. Fails like load(), and then nothing was removed. */
    bool (*remove)(struct store *store, const struct store_key *key, struct error *err);

    /* Releases the store itself. */
    void (*close)(struct store *store);
};

/* The names of the stores a person can choose, separated by '|'. */
#define STORE_NAMES "keyring"

/* Whether `name` is one of them. */
bool store_name_is_known(const char *name);

/* Closes and sets to NULL; accepts NULL. */
void store_close(struct store **store);

/*
 * The Secret Service through libsecret. Opening costs nothing: the service is first asked by load, save or
 * remove. Every call is bounded: `patience` in milliseconds is how long a person gets to answer the service's
 * own unlock prompt.
 */
struct store *store_keyring_open(int patience);

/* For tests: a single process's memory. */
struct store *store_memory_open(void);
