/*
 * The provider's signing keys (OpenID Connect Core 10.1), cached, and fetched again for an unknown key.
 */
#pragma once

#include "crypto/jws.h"
#include "oidc/oidc.h"

struct keyset {
    const char *issuer;   /* borrowed; names the cache entry */
    const char *jwks_uri; /* borrowed; NULL for keys from a file, which are never fetched */
    struct jwk_set *keys;
    int64_t forced_at;  /* Unix seconds: the last fetch that an unknown key caused; 0 for never */
    int64_t fetched_at; /* Unix seconds: when this process fetched them; 0 when they came from the cache */
};

#define _cleanup_keyset_ _cleanup_(keyset_release)

/* Keys of `issuer` at `jwks_uri`; both strings must outlive the result. */
bool keyset_load(const struct oidc *oidc, const char *issuer, const char *jwks_uri, struct keyset *out,
                 struct error *err);

/*
 * jws_verify(), and once more with fetched keys when the token's key is unknown, but not within `pause`
 * seconds after the last such fetch; with 0, only when the present keys came from the cache. False when
 * fetching failed, or with ERROR_INTERNAL when verifying itself did: then there is no verdict. Not
 * thread-safe.
 */
bool keyset_verify(const struct oidc *oidc, struct keyset *keyset, const struct jwt *jwt, int64_t pause,
                   enum jws_verdict *verdict, char *detail, size_t detail_size, struct error *err);

void keyset_release(struct keyset *keyset);
