/*
 * The interface to where sessions are kept. One item per profile + issuer + app, so that one write replaces
 * all of it. tests/unit/test_store.c is the contract that every implementation must pass.
 */
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/system.h"

#include <stdbool.h>

/* What names one item; no secrets. All three are set. */
struct store_key {
    const char *profile;
    const char *issuer;
    const char *app_id;
};

struct store {
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

    /*
     * Makes sure that save() of this item will have nothing left to ask, wait for or find missing. For the
     * moment before something is spent that only a save keeps. Fails like load(), and changes nothing that
     * is stored.
     */
    bool (*prepare)(struct store *store, const struct store_key *key, struct error *err);

    /*
     * Calls found() for each item of this program, whichever profile it belongs to. Locked items count. Fails
     * like load(), and then found() was not called at all.
     */
    bool (*list)(struct store *store, void (*found)(void *data, const struct store_key *key), void *data,
                 struct error *err);

    /* Releases the store itself. */
    void (*close)(struct store *store);
};

/* Encryption with a passphrase: the functions of crypto/seal.h, a module that this one doesn't include. */
struct store_seal {
    struct secret *(*key_new)(struct system *system, const struct secret *passphrase, struct error *err);
    struct secret *(*key_derive)(const struct buffer *document, size_t start, const struct secret *passphrase,
                                 struct error *err);
    bool (*key_fits)(const struct secret *key, const struct buffer *document, size_t start);
    bool (*append)(struct system *system, const struct secret *key, const struct buffer *previous,
                   size_t previous_start, const struct secret *plain, struct buffer *document,
                   struct error *err);
    struct secret *(*open)(const struct secret *key, const struct buffer *document, size_t start,
                           struct error *err);
};

/* Why the user is asked for a passphrase. */
enum passphrase_need {
    PASSPHRASE_UNLOCK,
    PASSPHRASE_RETRY, /* the last one was wrong */
    PASSPHRASE_NEW,   /* asked for twice */
};

/* Where the file store has its passphrases from. */
struct passphrase_source {
    /* *out becomes the one that needs no asking, or stays NULL. Fails with ERROR_STORE_LOCKED. */
    bool (*given)(struct passphrase_source *source, struct secret **out, struct error *err);

    /* What the user types. NULL with ERROR_STORE_LOCKED when there is nobody to ask, or no answer. */
    struct secret *(*ask)(struct passphrase_source *source, const struct store_key *key,
                          enum passphrase_need need, struct error *err);

    bool silent;   /* nobody is asked: what only a typed passphrase opens is ERROR_STORE_LOCKED */
    int64_t cache; /* seconds from its last use that a typed one needs no asking again; 0: none */
};

/* What a store is opened with. What it points to outlives the store; keyrings need none of it. */
struct store_settings {
    int timeout;    /* ms for an operation, in which the user gets to answer a prompt of the store's own */
    bool quiet;     /* nothing is unlocked, started or asked: what is locked fails at once with
                       ERROR_STORE_LOCKED */
    bool reads_all; /* for a command that loads most items and changes none: may read them together, once */

    /* What the user should know while waiting, one line. NULL: nothing. */
    void (*note)(void *data, const char *text);
    /* Asks the user a question for yes or no. NULL: nobody is there to ask. */
    bool (*confirm)(void *data, const char *question);
    void *data; /* for both */

    /*
     * Calls found() with the key that a stored value itself says it belongs to, which spares asking the store
     * for it. False if it doesn't say; NULL: none does.
     */
    bool (*identify)(const struct secret *value, void (*found)(void *data, const struct store_key *key),
                     void *data);

    struct system *system;
    const struct store_seal *seal;
    struct passphrase_source *passphrase;
};

/* One row of the table of stores. */
struct store_kind {
    const char *name;       /* the contract's word */
    const char *protection; /* how it protects what it holds, for the user */
    struct store *(*open)(const struct store_settings *settings); /* costs nothing until the store is used */
    const char *warning; /* what the user is told before the first write, or NULL */
};

/* The names of store_kinds, separated by '|', where a constant is needed. */
#define STORE_NAMES "keyring|file|plaintext"

/* All stores, the default one first; ends with a row without a name. */
extern const struct store_kind store_kinds[];

/* The row of `table` with this name. Fails with ERROR_CONFIG naming those there are; NULL on failure. */
const struct store_kind *store_kind_find(const struct store_kind *table, const char *name, struct error *err);

/* The stores of one run of the program, each opened when it is first asked for. */
struct stores;

/* `table` and `settings` must outlive the result. */
struct stores *stores_new(const struct store_kind *table, const struct store_settings *settings);

/* The table that they were made with. */
const struct store_kind *stores_table(const struct stores *stores);

/* Opens the store if it isn't open yet; it belongs to `stores`. Fails as store_kind_find(); NULL on failure.
 */
struct store *stores_get(struct stores *stores, const char *name, struct error *err);

/*
 * Opens the store once more, for work that nobody waits for: quiet, whatever the others are. The caller
 * closes it before `stores` is freed. NULL on failure.
 */
struct store *stores_open_quiet(struct stores *stores, const char *name, struct error *err);

/* Closes every store and sets to NULL; accepts NULL. */
void stores_free(struct stores **stores);

/* The Secret Service through libsecret. */
struct store *store_keyring_open(const struct store_settings *settings);

/* Files in $XDG_DATA_HOME/logto, one for each item: encrypted with a passphrase, or as they are. */
struct store *store_file_open(const struct store_settings *settings);
struct store *store_plaintext_open(const struct store_settings *settings);
