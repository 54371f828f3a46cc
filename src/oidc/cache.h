/*
 * Discovery documents and key sets between two runs, below $XDG_CACHE_HOME/logto/. Only ever a help: an entry
 * that is missing, damaged or about somebody else counts as absent, and failing to write one is nobody's
 * error.
 */
#pragma once

#include "codec/json.h"

#include <stdbool.h>
#include <stdint.h>

struct cache_entry {
    struct json *document;
    char etag[128];     /* "" when there was none */
    int64_t fetched_at; /* Unix seconds: when the server last said it or confirmed it */
    int64_t expires_at; /* Unix seconds: until when it can be used without asking */
    int64_t forced_at;  /* Unix seconds: when it was last asked for before it had expired; 0 for never */
};

#define _cleanup_cache_entry_ _cleanup_(cache_entry_release)

/* `kind` is "discovery" or "jwks". False when there is nothing to use. */
bool cache_read(const char *issuer, const char *kind, struct cache_entry *out);

void cache_write(const char *issuer, const char *kind, const struct cache_entry *entry);

/* Removes an entry that turned out to be of no use. */
void cache_forget(const char *issuer, const char *kind);

void cache_entry_release(struct cache_entry *entry);
