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

/*
 * There is one entry for an issuer and `kind`, "discovery" or "jwks". It is only given back for the `url`
 * that it was fetched from: an issuer that names another key set today is not judged by yesterday's. False
 * when there is nothing to use.
 */
bool cache_read(const char *issuer, const char *kind, const char *url, struct cache_entry *out);

void cache_write(const char *issuer, const char *kind, const char *url, const struct cache_entry *entry);

/* Removes the entry. */
void cache_remove(const char *issuer, const char *kind);

void cache_entry_release(struct cache_entry *entry);
