/*
 * The cache of discovery documents and key sets, below $XDG_CACHE_HOME/logto/. An entry that is damaged or of
 * another issuer counts as absent, and failing to write one is not an error.
 */
#pragma once

#include "codec/json.h"

#include <stdbool.h>
#include <stdint.h>

struct cache_entry {
    struct json *document;
    char etag[128];     /* "" when there was none */
    int64_t fetched_at; /* Unix seconds: when the server last sent or confirmed it */
    int64_t expires_at; /* Unix seconds: until then it is used without a request */
    int64_t forced_at;  /* Unix seconds: the last fetch before it had expired; 0 for never */
};

#define _cleanup_cache_entry_ _cleanup_(cache_entry_release)

/* `kind` is "discovery" or "jwks". False when there is no usable entry; a damaged one is removed. */
bool cache_read(const char *issuer, const char *kind, struct cache_entry *out);

void cache_write(const char *issuer, const char *kind, const struct cache_entry *entry);

/* Removes the entry. */
void cache_remove(const char *issuer, const char *kind);

void cache_entry_release(struct cache_entry *entry);
