/*
 * The interfaces to what is outside the process, created once by main(): HTTP, the user's
 * browser, the stores, time and randomness. The profile that a command works on is passed beside them.
 */
#pragma once

#include "net/browser.h"
#include "net/http.h"
#include "oidc/oidc.h"
#include "session/profile.h"
#include "store/store.h"

/* What the user is told while the program waits. */
struct notices {
    void (*waiting)(void *data, const char *what); /* once, for one line; may be NULL */
    void *data;
};

struct interfaces {
    struct system *system;
    struct http *http;
    struct browser *browser;
    struct stores *stores;
    struct passphrase_source *passphrase; /* of the stores; or NULL */
    const char *language;                 /* the user's, BCP 47; or NULL */
    bool bypasses_cache; /* the provider's documents are neither read from nor written to it */
    struct notices notices;
};

/* How to talk to the profile's provider. Borrows from both. */
struct oidc interfaces_oidc(const struct interfaces *interfaces, const struct profile *profile);

/* The store that the profile names, with its setting for passphrases. Fails with ERROR_CONFIG when there is
 * no such store; NULL on failure. */
struct store *interfaces_store(const struct interfaces *interfaces, const struct profile *profile,
                               struct error *err);
