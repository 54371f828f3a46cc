#include "crypto/seal.h"

#include "crypto/libcrypto.h"
#include "crypto/start.h"
#include "crypto/symmetric.h"

#include <string.h>

#define MAGIC "logtoS1"   /* with its NUL, 8 bytes; the digit is the version */
#define CHECKSUM_LENGTH 8 /* of the header; finds damage, keeps nobody from changing it */
#define CHECKSUM_START (SEAL_HEADER_LENGTH - CHECKSUM_LENGTH)

/* 32 MiB and about 0.1 s; OWASP's and RFC 7914's parameters for interactive logins, N doubled since. */
static const struct seal_cost usual_cost = {15, 8, 1};

#define MEMORY_MAXIMUM (UINT64_C(128) << 20) /* bytes */
#define WORK_MAXIMUM (UINT64_C(1) << 21)     /* N·r·p; the usual one is 2^18 */

/* What a derived key looks like as a secret. */
struct derived_key {
    struct seal_cost cost;
    unsigned char salt[SEAL_SALT_LENGTH];
    char key[SEAL_KEY_LENGTH + SEAL_CHECK_LENGTH]; /* what scrypt gives: the key, then the check value */
};

/* ---- AES-256-GCM ---- */

bool seal_encrypt(const char *key, const unsigned char nonce[SEAL_NONCE_LENGTH], struct seal_context context,
                  const struct secret *plain, struct buffer *out, struct error *err)
{
    size_t length = secret_length(plain);
    _cleanup_free_ unsigned char *sealed = memory_allocate(length + SEAL_TAG_LENGTH, 1);

    return symmetric_encrypt(key, nonce, context, secret_text(plain), length, sealed, err) &&
           buffer_append(out, sealed, length + SEAL_TAG_LENGTH, err);
}

struct secret *seal_decrypt(const char *key, const unsigned char nonce[SEAL_NONCE_LENGTH],
                            struct seal_context context, const char *sealed, size_t length, struct error *err)
{
    struct secret *plain = NULL;
    unsigned char *out;

    if (length < SEAL_TAG_LENGTH) {
        error_set(err, ERROR_PROTOCOL, "it was cut off");
        return NULL;
    }
    length -= SEAL_TAG_LENGTH;
    out = memory_allocate(length + 1, 1);
    if (symmetric_decrypt(key, nonce, context, sealed, length, out, err))
        plain = secret_new(out, length);
    memory_wipe_free(out);
    return plain;
}

/* ---- scrypt ---- */

static uint64_t memory_of(struct seal_cost cost)
{
    return (UINT64_C(128) << cost.log_n) * cost.r;
}

bool seal_scrypt(const struct secret *passphrase, const void *salt, size_t salt_length, struct seal_cost cost,
                 void *out, size_t length, struct error *err)
{
    uint64_t maximum = memory_of(cost) + UINT64_C(128) * cost.r * cost.p + (UINT64_C(1) << 20);

    crypto_start();
    return openssl.EVP_PBE_scrypt(secret_text(passphrase), secret_length(passphrase), salt, salt_length,
                                  UINT64_C(1) << cost.log_n, cost.r, cost.p, maximum, out, length) == 1 ||
           error_set(err, ERROR_INTERNAL, "scrypt failed: is there too little memory?");
}

/* ---- the header ---- */

static bool is_acceptable(struct seal_cost cost)
{
    return cost.log_n >= usual_cost.log_n && cost.r >= usual_cost.r && cost.p >= usual_cost.p &&
           cost.log_n <= 20 && memory_of(cost) <= MEMORY_MAXIMUM &&
           ((uint64_t)cost.r * cost.p << cost.log_n) <= WORK_MAXIMUM;
}

/* Copies `length` bytes from *from, which moves on. */
static void take(const unsigned char **from, void *to, size_t length)
{
    memcpy(to, *from, length);
    *from += length;
}

bool seal_parse_header(const void *bytes, size_t length, struct seal_header *out, struct error *err)
{
    const unsigned char *from = bytes;
    unsigned char sum[SHA256_LENGTH], writes[4];
    struct seal_header header;

    if (length < SEAL_HEADER_LENGTH || memcmp(from, MAGIC, sizeof(MAGIC)) != 0)
        return error_set(err, ERROR_PROTOCOL, "it has no header of this program's");
    if (!symmetric_sha256(from, CHECKSUM_START, sum, err))
        return false;
    if (memcmp(from + CHECKSUM_START, sum, CHECKSUM_LENGTH) != 0)
        return error_set(err, ERROR_PROTOCOL, "its header is damaged");
    from += sizeof(MAGIC);
    take(&from, &header.cost.log_n, 1);
    take(&from, &header.cost.r, 1);
    take(&from, &header.cost.p, 1);
    from++;
    take(&from, header.salt, sizeof(header.salt));
    take(&from, header.check, sizeof(header.check));
    take(&from, writes, sizeof(writes));
    header.writes = (uint32_t)writes[0] << 24 | (uint32_t)writes[1] << 16 | (uint32_t)writes[2] << 8 |
                    writes[3];
    take(&from, header.nonce, sizeof(header.nonce));
    if (!is_acceptable(header.cost))
        return error_set(err, ERROR_PROTOCOL, "its scrypt parameters are out of bounds");
    *out = header;
    return true;
}

static void put(unsigned char **to, const void *from, size_t length)
{
    memcpy(*to, from, length);
    *to += length;
}

static bool append_header(const struct seal_header *header, struct buffer *out, struct error *err)
{
    const unsigned char cost[4] = {header->cost.log_n, header->cost.r, header->cost.p, 0};
    const unsigned char writes[4] = {(unsigned char)(header->writes >> 24),
                                     (unsigned char)(header->writes >> 16),
                                     (unsigned char)(header->writes >> 8), (unsigned char)header->writes};
    unsigned char bytes[SEAL_HEADER_LENGTH], sum[SHA256_LENGTH];
    unsigned char *to = bytes;

    put(&to, MAGIC, sizeof(MAGIC));
    put(&to, cost, sizeof(cost));
    put(&to, header->salt, sizeof(header->salt));
    put(&to, header->check, sizeof(header->check));
    put(&to, writes, sizeof(writes));
    put(&to, header->nonce, sizeof(header->nonce));
    if (!symmetric_sha256(bytes, CHECKSUM_START, sum, err))
        return false;
    put(&to, sum, CHECKSUM_LENGTH);
    return buffer_append(out, bytes, sizeof(bytes), err);
}

static bool header_at(const struct buffer *document, size_t start, struct seal_header *out, struct error *err)
{
    return start <= document->length
               ? seal_parse_header(buffer_text(document) + start, document->length - start, out, err)
               : error_set(err, ERROR_PROTOCOL, "it has no header");
}

/* ---- keys from passphrases ---- */

static const struct derived_key *key_of(const struct secret *secret)
{
    return secret_length(secret) == sizeof(struct derived_key)
               ? (const struct derived_key *)(const void *)secret_text(secret)
               : NULL;
}

/* The key for this cost and salt; NULL on failure. */
static struct secret *derive(struct seal_cost cost, const unsigned char *salt,
                             const struct secret *passphrase, struct error *err)
{
    struct derived_key key = {.cost = cost};
    struct secret *secret = NULL;

    memcpy(key.salt, salt, sizeof(key.salt));
    if (seal_scrypt(passphrase, salt, sizeof(key.salt), cost, key.key, sizeof(key.key), err))
        secret = secret_new(&key, sizeof(key));
    explicit_bzero(&key, sizeof(key));
    return secret;
}

struct secret *seal_key_new(struct system *system, const struct secret *passphrase, struct error *err)
{
    unsigned char salt[SEAL_SALT_LENGTH];

    return system->random(system, salt, sizeof(salt), err) ? derive(usual_cost, salt, passphrase, err) : NULL;
}

static bool fits(const struct derived_key *key, const struct seal_header *header)
{
    return key && memcmp(&key->cost, &header->cost, sizeof(key->cost)) == 0 &&
           memcmp(key->salt, header->salt, sizeof(key->salt)) == 0 &&
           symmetric_equal(key->key + SEAL_KEY_LENGTH, header->check, sizeof(header->check));
}

struct secret *seal_key_derive(const struct buffer *document, size_t start, const struct secret *passphrase,
                               struct error *err)
{
    _cleanup_secret_ struct secret *key = NULL;
    struct seal_header header;

    if (!header_at(document, start, &header, err) ||
        !(key = derive(header.cost, header.salt, passphrase, err)))
        return NULL;
    if (fits(key_of(key), &header))
        return TAKE(key);
    error_set(err, ERROR_STORE_LOCKED, "wrong passphrase");
    return NULL;
}

bool seal_key_fits(const struct secret *key, const struct buffer *document, size_t start)
{
    struct seal_header header;

    return key && header_at(document, start, &header, NULL) && fits(key_of(key), &header);
}

/* ---- documents ---- */

/* A key that came from elsewhere, such as the kernel's keyring, has passed seal_key_fits(). */
static bool refuse_key(struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "not a key derived from a passphrase");
}

bool seal_append(struct system *system, const struct secret *key, const struct buffer *previous,
                 size_t previous_start, const struct secret *plain, struct buffer *document,
                 struct error *err)
{
    const struct derived_key *derived = key_of(key);
    struct seal_header header = {0}, before = {.writes = 0};

    if (!derived)
        return refuse_key(err);
    if (previous && !header_at(previous, previous_start, &before, err))
        return false;
    if (before.writes == UINT32_MAX)
        return error_set(err, ERROR_STORE_LOCKED, "the key was used as often as it may be");
    header.cost = derived->cost;
    memcpy(header.salt, derived->salt, sizeof(header.salt));
    memcpy(header.check, derived->key + SEAL_KEY_LENGTH, sizeof(header.check));
    header.writes = before.writes + 1;
    return system->random(system, header.nonce, sizeof(header.nonce), err) &&
           append_header(&header, document, err) &&
           seal_encrypt(derived->key, header.nonce, (struct seal_context){document->data, document->length},
                        plain, document, err);
}

struct secret *seal_open(const struct secret *key, const struct buffer *document, size_t start,
                         struct error *err)
{
    struct seal_header header;
    struct seal_context context = {buffer_text(document), start + SEAL_HEADER_LENGTH};
    const struct derived_key *derived = key_of(key);

    if (!derived)
        refuse_key(err);
    if (!derived || !header_at(document, start, &header, err))
        return NULL;
    return seal_decrypt(derived->key, header.nonce, context, document->data + context.length,
                        document->length - context.length, err);
}
