/*
 * AES-256-GCM (NIST SP 800-38D) and SHA-256 (FIPS 180-4): what a token that is cached in a file needs. From
 * libnettle, which is ready in a tenth of the time that OpenSSL takes (docs/adr/0019). Private to crypto/.
 */
#pragma once

#include "base/error.h"
#include "crypto/seal.h"

#include <stddef.h>

#define SHA256_LENGTH 32

/*
 * `key` has SEAL_KEY_LENGTH bytes, `nonce` SEAL_NONCE_LENGTH; `context` is authenticated and not encrypted.
 * Writes `length` bytes and then the tag of SEAL_TAG_LENGTH to `out`. Fails without libnettle only
 * (ERROR_INTERNAL).
 */
bool symmetric_encrypt(const char *key, const unsigned char *nonce, struct seal_context context,
                       const void *plain, size_t length, unsigned char *out, struct error *err);

/*
 * The reverse: `sealed` are `length` bytes and then the tag. The plain text goes to `out`, and is worth
 * nothing unless this is true: the tag may not match (ERROR_PROTOCOL).
 */
bool symmetric_decrypt(const char *key, const unsigned char *nonce, struct seal_context context,
                       const void *sealed, size_t length, unsigned char *out, struct error *err);

/* Fails without libnettle only (ERROR_INTERNAL). */
bool symmetric_sha256(const void *bytes, size_t length, unsigned char out[SHA256_LENGTH], struct error *err);

/* Whether the bytes are the same, in a time that does not tell how many are. False without libnettle. */
bool symmetric_equal(const void *one, const void *other, size_t length);
