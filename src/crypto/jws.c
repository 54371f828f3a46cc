#include "crypto/jws.h"

#include "codec/base64url.h"
#include "crypto/key.h"
#include "crypto/libcrypto.h"
#include "crypto/start.h"

#include <stdio.h>
#include <string.h>

#define KID_SHOWN_MAXIMUM 64

/* A kid from the token, safe to print. */
struct shown {
    char text[KID_SHOWN_MAXIMUM + 4];
};

static struct shown show(const char *kid)
{
    struct shown shown = {{0}};
    size_t i = 0;

    for (; kid[i] && i < KID_SHOWN_MAXIMUM; i++)
        shown.text[i] = (char)(kid[i] > 0x20 && kid[i] < 0x7f ? kid[i] : '?');
    if (kid[i])
        memcpy(shown.text + i, "…", sizeof("…"));
    return shown;
}

/* DER, as OpenSSL expects, of r || s (RFC 7518, 3.4). NULL for the wrong length. */
static unsigned char *ecdsa_der(const struct buffer *raw, enum key_kind kind, int *length)
{
    const unsigned char *bytes = (const unsigned char *)buffer_text(raw);
    size_t half = key_field_length(kind);
    ECDSA_SIG *signature;
    BIGNUM *r, *s;
    unsigned char *der = NULL;

    if (raw->length != 2 * half)
        return NULL;
    signature = openssl.ECDSA_SIG_new();
    r = openssl.BN_bin2bn(bytes, (int)half, NULL);
    s = openssl.BN_bin2bn(bytes + half, (int)half, NULL);
    if (signature && openssl.ECDSA_SIG_set0(signature, r, s) == 1)
        *length = openssl.i2d_ECDSA_SIG(signature, &der);
    else {
        openssl.BN_free(r);
        openssl.BN_free(s);
    }
    openssl.ECDSA_SIG_free(signature);
    return der;
}

static bool start(EVP_MD_CTX *context, const struct algorithm *algorithm, EVP_PKEY *key)
{
    EVP_PKEY_CTX *parameters = NULL; /* belongs to context */

    if (openssl.EVP_DigestVerifyInit_ex(context, &parameters, algorithm->digest, NULL, NULL, key, NULL) != 1)
        return false;
    return !algorithm->pss ||
           (openssl.EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
            openssl.EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1);
}

/*
 * Whether OpenSSL's errors are about itself and not about the signature: what it marks as fatal, and random
 * numbers that it did not get. Leaves none of them, or libcurl would find them.
 */
static bool take_own_errors(void)
{
    bool own = false;

    for (unsigned long code = openssl.ERR_get_error(); code; code = openssl.ERR_get_error())
        own |= ERR_FATAL_ERROR(code) || ERR_GET_LIB(code) == ERR_LIB_RAND;
    return own;
}

static enum jws_verdict verify_bytes(const struct jwk *key, const struct algorithm *algorithm,
                                     const struct buffer *input, const unsigned char *signature,
                                     size_t length)
{
    EVP_MD_CTX *context = openssl.EVP_MD_CTX_new();
    bool started = context && start(context, algorithm, key->key);
    bool valid = started &&
                 openssl.EVP_DigestVerify(context, signature, length,
                                          (const unsigned char *)buffer_text(input), input->length) == 1;

    openssl.EVP_MD_CTX_free(context);
    if (valid)
        return JWS_VALID;
    return take_own_errors() || !started ? JWS_UNDECIDED : JWS_BAD_SIGNATURE;
}

static enum jws_verdict verify_with(const struct jwk *key, const struct algorithm *algorithm,
                                    const struct jwt *jwt)
{
    unsigned char *der;
    int length = 0;
    enum jws_verdict verdict = JWS_BAD_SIGNATURE;

    if (key->kind == KEY_RSA)
        return verify_bytes(key, algorithm, &jwt->signing_input,
                            (const unsigned char *)buffer_text(&jwt->signature), jwt->signature.length);
    der = ecdsa_der(&jwt->signature, key->kind, &length);
    if (der)
        verdict = verify_bytes(key, algorithm, &jwt->signing_input, der, (size_t)length);
    openssl.CRYPTO_free(der, OPENSSL_FILE, OPENSSL_LINE);
    return verdict;
}

static bool fits(const struct jwk *key, const struct algorithm *algorithm)
{
    return !key->unusable && key->kind == algorithm->kind && (!key->only || key->only == algorithm);
}

static bool has_kid(const struct jwk *key, const char *kid)
{
    return !kid || (key->kid && strcmp(key->kid, kid) == 0);
}

/* Why no key could be tried. */
static enum jws_verdict describe_unknown_key(const struct jwk_set *keys, const struct algorithm *algorithm,
                                             const char *kid, char *detail, size_t detail_size)
{
    const struct jwk *named = NULL;

    for (size_t i = 0; kid && i < keys->count && !named; i++)
        if (has_kid(&keys->keys[i], kid))
            named = &keys->keys[i];
    if (!kid)
        snprintf(detail, detail_size, "no key for %s in the key set", algorithm->name);
    else if (!named)
        snprintf(detail, detail_size, "no key %s in the key set", show(kid).text);
    else if (named->unusable)
        snprintf(detail, detail_size, "key %s is unusable: %s", show(kid).text, named->unusable);
    else
        snprintf(detail, detail_size, "key %s is for %s, the token has alg %s", show(kid).text,
                 named->only ? named->only->name : key_kind_name(named->kind), algorithm->name);
    return JWS_UNKNOWN_KEY;
}

static enum jws_verdict try_keys(const struct jwt *jwt, const struct jwk_set *keys,
                                 const struct algorithm *algorithm, const char *kid, char *detail,
                                 size_t detail_size)
{
    size_t tried = 0;
    enum jws_verdict verdict;

    for (size_t i = 0; i < keys->count; i++) {
        const struct jwk *key = &keys->keys[i];

        if (!has_kid(key, kid) || !fits(key, algorithm))
            continue;
        tried++;
        verdict = verify_with(key, algorithm, jwt);
        if (verdict == JWS_VALID)
            snprintf(detail, detail_size, "%s by %s %s", algorithm->name, key->kid ? "key" : "a key",
                     key->kid ? show(key->kid).text : "without a kid");
        if (verdict == JWS_UNDECIDED)
            snprintf(detail, detail_size, "OpenSSL failed to verify an %s signature", algorithm->name);
        if (verdict != JWS_BAD_SIGNATURE)
            return verdict;
    }
    if (tried == 0)
        return describe_unknown_key(keys, algorithm, kid, detail, detail_size);
    if (kid)
        snprintf(detail, detail_size, "not signed by key %s", show(kid).text);
    else
        snprintf(detail, detail_size, "not signed by any of %zu matching key%s", tried,
                 tried == 1 ? "" : "s");
    return JWS_BAD_SIGNATURE;
}

enum jws_verdict jws_verify(const struct jwt *jwt, const struct jwk_set *keys, char *detail,
                            size_t detail_size)
{
    const char *name = json_string(jwt->header, "alg");
    const char *kid = json_string(jwt->header, "kid");
    const struct algorithm *algorithm = algorithm_find(name);

    if (!algorithm) {
        snprintf(detail, detail_size, "%s%s", name ? "unsupported alg " : "missing alg",
                 name ? show(name).text : "");
        return JWS_UNSUPPORTED_ALGORITHM;
    }
    /* RFC 7515, 4.1.11: unknown extensions must be refused, and we know none. */
    if (json_member(jwt->header, "crit")) {
        snprintf(detail, detail_size, "unsupported critical extensions (crit)");
        return JWS_UNSUPPORTED_ALGORITHM;
    }
    if (!kid && json_member(jwt->header, "kid")) {
        snprintf(detail, detail_size, "kid must be a string");
        return JWS_UNKNOWN_KEY;
    }
    return try_keys(jwt, keys, algorithm, kid, detail, detail_size);
}

bool jws_algorithm_supported(const char *alg)
{
    return algorithm_find(alg);
}

bool jws_half_hash(const char *alg, const char *text, size_t length, char out[44])
{
    const struct algorithm *algorithm = algorithm_find(alg);
    unsigned char hash[EVP_MAX_MD_SIZE];
    size_t hash_length = 0;

    crypto_start();
    if (!algorithm ||
        openssl.EVP_Q_digest(NULL, algorithm->digest, NULL, text, length, hash, &hash_length) != 1)
        return false;
    base64url_encode(hash, hash_length / 2, out);
    return true;
}
