/*
 * Verifying JSON Web Signatures, RFC 7515 section 5.2, with the algorithms RS256, PS256, ES256, ES384 and
 * ES512 (RFC 7518 section 3). The key decides: an algorithm is tried only with a key of its type and
 * curve, so a token can't choose another one. `none` and HMAC are not supported.
 */
#pragma once

#include "base/error.h"
#include "codec/jwt.h"
#include "crypto/jwk.h"

#include <stdbool.h>

enum jws_verdict {
    JWS_VALID,
    JWS_UNSUPPORTED_ALGORITHM, /* `alg` missing or not one of the five, or a `crit` header */
    JWS_UNKNOWN_KEY,           /* no usable key with this `kid`; or, without `kid`, none that matches */
    JWS_BAD_SIGNATURE,
    JWS_UNDECIDED /* OpenSSL itself failed: nothing is known about the signature */
};

/*
 * Verifies against the key with the token's `kid`; without a `kid`, against every key that matches
 * the algorithm. A key with an `alg` of its own is used for that one only. Safe to call from several threads
 * on one key set. `detail` receives a description ("ES384 by key RmN2…"), truncated to its size.
 */
enum jws_verdict jws_verify(const struct jwt *jwt, const struct jwk_set *keys, char *detail,
                            size_t detail_size);

/* Whether `alg` is one of the five. */
bool jws_algorithm_supported(const char *alg);

/*
 * The left half of the hash that goes with `alg` over `text`, base64url: at_hash and c_hash of OpenID Connect
 * Core 3.1.3.6. `out` holds 44 bytes. False for an unsupported algorithm.
 */
bool jws_half_hash(const char *alg, const char *text, size_t length, char out[44]);
