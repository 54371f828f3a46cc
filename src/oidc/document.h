/*
 * Public JSON documents of a provider, fetched once and kept for their lifetime: behind discovery.h and
 * keyset.h.
 */
#pragma once

#include "oidc/cache.h"
#include "oidc/oidc.h"

struct document_source {
    const char *issuer;
    const char *kind; /* see cache.h */
    const char *url;
    const char *what; /* for messages: "reading the key set" */
    int64_t lifetime; /* seconds, when the server doesn't say */
    int64_t shortest; /* seconds that it is used without asking, whatever the server says */
};

/*
 * Gives the cached document while it is fresh, else asks (with If-None-Match) and keeps the answer. *fetched
 * tells whether the network was used. Fails like http->send(), or as oauth_error_read() says.
 */
bool document_load(const struct oidc *oidc, const struct document_source *source, struct cache_entry *out,
                   bool *fetched, struct error *err);

/* Asks, even when the cached document is fresh, and notes the time in forced_at. */
bool document_fetch(const struct oidc *oidc, const struct document_source *source, struct cache_entry *out,
                    struct error *err);
