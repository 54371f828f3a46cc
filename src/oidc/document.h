/* Public JSON documents of a provider, fetched and cached. Used by discovery.h and keyset.h. */
#pragma once

#include "oidc/cache.h"
#include "oidc/oidc.h"

struct document_source {
    const char *issuer;
    const char *kind; /* see cache.h */
    const char *url;
    const char *what; /* for messages: "reading the key set" */
    int64_t lifetime; /* seconds, unless the server sends max-age */
    int64_t shortest; /* seconds, the minimum for a max-age */
};

/*
 * The cached document while it is fresh, else the fetched one (with If-None-Match), which is cached. *fetched
 * tells whether the network was used. Fails like http->send(), or as oauth_error_read() says.
 */
bool document_load(const struct oidc *oidc, const struct document_source *source, struct cache_entry *out,
                   bool *fetched, struct error *err);

/* Fetches it even when the cached document is fresh, and sets forced_at. */
bool document_fetch(const struct oidc *oidc, const struct document_source *source, struct cache_entry *out,
                    struct error *err);
