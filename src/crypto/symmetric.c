#include "crypto/symmetric.h"

#include "base/library.h"
#include "base/memory.h"

#include <nettle/gcm.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>
#include <string.h>

/* nettle's headers give each function a prefix by a macro; the members have the names without it. */
static struct {
    void (*set_key)(struct gcm_aes256_ctx *, const uint8_t *);
    void (*set_iv)(struct gcm_aes256_ctx *, size_t, const uint8_t *);
    void (*update)(struct gcm_aes256_ctx *, size_t, const uint8_t *);
    void (*encrypt)(struct gcm_aes256_ctx *, size_t, uint8_t *, const uint8_t *);
    void (*decrypt)(struct gcm_aes256_ctx *, size_t, uint8_t *, const uint8_t *);
    void (*digest)(struct gcm_aes256_ctx *, size_t, uint8_t *);
    int (*memeql_sec)(const void *, const void *, size_t);
    void (*sha256_init)(struct sha256_ctx *);
    void (*sha256_update)(struct sha256_ctx *, size_t, const uint8_t *);
    void (*sha256_digest)(struct sha256_ctx *, size_t, uint8_t *);
} nettle;

static bool open_nettle(struct error *err)
{
    static const struct library_symbol symbols[] = {
        {"nettle_gcm_aes256_set_key", &nettle.set_key},  {"nettle_gcm_aes256_set_iv", &nettle.set_iv},
        {"nettle_gcm_aes256_update", &nettle.update},    {"nettle_gcm_aes256_encrypt", &nettle.encrypt},
        {"nettle_gcm_aes256_decrypt", &nettle.decrypt},  {"nettle_gcm_aes256_digest", &nettle.digest},
        {"nettle_memeql_sec", &nettle.memeql_sec},       {"nettle_sha256_init", &nettle.sha256_init},
        {"nettle_sha256_update", &nettle.sha256_update}, {"nettle_sha256_digest", &nettle.sha256_digest},
    };

    return nettle.sha256_digest ||
           library_open("libnettle.so.8", "libnettle8", symbols, ARRAY_SIZE(symbols), err);
}

static void start(struct gcm_aes256_ctx *gcm, const char *key, const unsigned char *nonce,
                  struct seal_context context)
{
    nettle.set_key(gcm, (const uint8_t *)key);
    nettle.set_iv(gcm, SEAL_NONCE_LENGTH, nonce);
    nettle.update(gcm, context.length, (const uint8_t *)context.bytes);
}

bool symmetric_encrypt(const char *key, const unsigned char *nonce, struct seal_context context,
                       const void *plain, size_t length, unsigned char *out, struct error *err)
{
    struct gcm_aes256_ctx gcm;

    if (!open_nettle(err))
        return false;
    start(&gcm, key, nonce, context);
    nettle.encrypt(&gcm, length, out, plain);
    nettle.digest(&gcm, SEAL_TAG_LENGTH, out + length);
    explicit_bzero(&gcm, sizeof(gcm));
    return true;
}

bool symmetric_decrypt(const char *key, const unsigned char *nonce, struct seal_context context,
                       const void *sealed, size_t length, unsigned char *out, struct error *err)
{
    const unsigned char *tag = (const unsigned char *)sealed + length;
    unsigned char computed[SEAL_TAG_LENGTH];
    struct gcm_aes256_ctx gcm;

    if (!open_nettle(err))
        return false;
    start(&gcm, key, nonce, context);
    nettle.decrypt(&gcm, length, out, sealed);
    nettle.digest(&gcm, sizeof(computed), computed);
    explicit_bzero(&gcm, sizeof(gcm));
    return nettle.memeql_sec(computed, tag, sizeof(computed)) ||
           error_set(err, ERROR_PROTOCOL, "it was changed since it was encrypted");
}

bool symmetric_sha256(const void *bytes, size_t length, unsigned char out[SHA256_LENGTH], struct error *err)
{
    struct sha256_ctx sha256;

    if (!open_nettle(err))
        return false;
    nettle.sha256_init(&sha256);
    nettle.sha256_update(&sha256, length, bytes);
    nettle.sha256_digest(&sha256, SHA256_LENGTH, out);
    return true;
}

bool symmetric_equal(const void *one, const void *other, size_t length)
{
    return open_nettle(NULL) && nettle.memeql_sec(one, other, length);
}
