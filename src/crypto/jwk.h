/*
 * JSON Web Keys that verify signatures, RFC 7517 and RFC 7518 section 6: RSA, and EC on P-256, P-384,
 * P-521.
 */
#pragma once

#include "base/error.h"
#include "codec/json.h"

#include <stddef.h>

struct jwk;
struct jwk_set;

#define _cleanup_jwk_set_ _cleanup_(jwk_set_free)
#define JWK_SET_MAXIMUM 64

/*
 * Reads a JWK Set (RFC 7517, 5) or a single JWK. Keys that we can't use are skipped, as the RFC requires:
 * another `kty` or `crv`, `use` other than "sig", `key_ops` without "verify", RSA below 2048 bits or
 * above 16384 or of a kind that can be factored (ROCA), a point that isn't on its curve. Fails with
 * ERROR_PROTOCOL when it is not a key set or has more than JWK_SET_MAXIMUM keys. NULL on failure.
 */
struct jwk_set *jwk_set_parse(const struct json *document, struct error *err);

/* How many of its keys can be used. */
size_t jwk_set_count(const struct jwk_set *set);

/* Whether a usable key carries this `kid`. */
bool jwk_set_has(const struct jwk_set *set, const char *kid);

void jwk_set_free(struct jwk_set **set);
