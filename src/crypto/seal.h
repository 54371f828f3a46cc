/*
 * Authenticated encryption with AES-256-GCM (NIST SP 800-38D), under a key of its own or under one derived
 * from a passphrase with scrypt (RFC 7914). What is sealed with a passphrase is a document:
 *
 *     prefix | header | ciphertext | tag
 *
 * The prefix is the caller's, in clear. Prefix and header are authenticated with the ciphertext.
 * docs/adr/0014 has the header's layout and the reasons for the costs.
 */
#pragma once

#include "base/buffer.h"
#include "base/secret.h"
#include "base/system.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEAL_KEY_LENGTH 32
#define SEAL_NONCE_LENGTH 12
#define SEAL_TAG_LENGTH 16
#define SEAL_SALT_LENGTH 16
#define SEAL_CHECK_LENGTH 16
#define SEAL_HEADER_LENGTH 68

/* What is authenticated along with the ciphertext. Borrowed. */
struct seal_context {
    const void *bytes;
    size_t length;
};

/*
 * Appends ciphertext and tag of `plain` to `out`, whose present content may be the context. `key` has
 * SEAL_KEY_LENGTH bytes. The same nonce must never be used twice with a key; random ones are good for 2^32
 * messages. Fails with ERROR_INTERNAL, or ERROR_PROTOCOL when `out` is full.
 */
bool seal_encrypt(const char *key, const unsigned char nonce[SEAL_NONCE_LENGTH], struct seal_context context,
                  const struct secret *plain, struct buffer *out, struct error *err);

/* Undoes it. NULL with ERROR_PROTOCOL when anything was changed. The caller frees the result. */
struct secret *seal_decrypt(const char *key, const unsigned char nonce[SEAL_NONCE_LENGTH],
                            struct seal_context context, const char *sealed, size_t length,
                            struct error *err);

/* The parameters of scrypt: N = 2^log_n, r, p. It takes 128·N·r bytes, and time in proportion to N·r·p. */
struct seal_cost {
    uint8_t log_n, r, p;
};

/* Fills `out` with what scrypt derives. No bounds here: costs from a file have passed seal_parse_header(). */
bool seal_scrypt(const struct secret *passphrase, const void *salt, size_t salt_length, struct seal_cost cost,
                 void *out, size_t length, struct error *err);

struct seal_header {
    struct seal_cost cost;
    unsigned char salt[SEAL_SALT_LENGTH];
    unsigned char check[SEAL_CHECK_LENGTH]; /* derived along with the key: tells a wrong passphrase */
    uint32_t writes;                        /* with this key, this one included */
    unsigned char nonce[SEAL_NONCE_LENGTH];
};

/*
 * Reads a header from the beginning of `bytes`. Pure. Costs below the least or above the most that this
 * program would ever spend (128 MiB, eight times its own time) are refused. Fails with ERROR_PROTOCOL.
 */
bool seal_parse_header(const void *bytes, size_t length, struct seal_header *out, struct error *err);

/*
 * A key derived from a passphrase, together with the cost, salt and check value that it belongs to: an opaque
 * secret, which fits the kernel's keyring. seal_key_new() draws a fresh salt. seal_key_derive() makes the key
 * of the document whose header stands at `start`; it fails with ERROR_STORE_LOCKED when the passphrase is
 * another one, with ERROR_PROTOCOL when the header is damaged. NULL on failure.
 */
struct secret *seal_key_new(struct system *system, const struct secret *passphrase, struct error *err);
struct secret *seal_key_derive(const struct buffer *document, size_t start, const struct secret *passphrase,
                               struct error *err);

/* Whether the key is that of the document. */
bool seal_key_fits(const struct secret *key, const struct buffer *document, size_t start);

/*
 * Appends header, ciphertext and tag to the document, which holds the prefix. `previous` is the document that
 * this one replaces, sealed with the same key and with its header at `previous_start`, or NULL. Fails with
 * ERROR_STORE_LOCKED when the key has been used 2^32 - 1 times and a new one is due.
 */
bool seal_append(struct system *system, const struct secret *key, const struct buffer *previous,
                 size_t previous_start, const struct secret *plain, struct buffer *document,
                 struct error *err);

/* What is sealed in the document. NULL with ERROR_PROTOCOL when any of it was changed, its prefix included.
 */
struct secret *seal_open(const struct secret *key, const struct buffer *document, size_t start,
                         struct error *err);
