/* One key of a JWK Set, as jwk.c prepares it and jws.c uses it. Private to crypto/. */
#pragma once

#include "codec/json.h"
#include "crypto/algorithm.h"
#include "crypto/jwk.h"

#include <openssl/evp.h>

struct jwk {
    char *kid;                    /* NULL when the key has none */
    const char *unusable;         /* why it can't be used, static; NULL for a usable key */
    enum key_kind kind;           /* the rest is set on usable keys only */
    const struct algorithm *only; /* the only one its `alg` allows, or NULL */
    EVP_PKEY *key;
};

struct jwk_set {
    size_t count; /* usable or not */
    struct jwk keys[];
};

/* The public key of a JWK of that kind (RFC 7518, 6.2.1 and 6.3.1), or NULL and the reason. */
EVP_PKEY *key_from_rsa(const struct json *jwk, const char **why);
EVP_PKEY *key_from_point(const struct json *jwk, enum key_kind kind, const char **why);

/* "RSA", "P-256", … */
const char *key_kind_name(enum key_kind kind);

/* Bytes of a coordinate of that curve, and so of the r and s of its signatures; 0 for RSA. */
size_t key_field_length(enum key_kind kind);
