#include "crypto/key.h"

#include "base/buffer.h"
#include "codec/base64url.h"
#include "crypto/libcrypto.h"

#include <openssl/core_names.h>
#include <string.h>

#define MODULUS_BITS_MINIMUM 2048
#define MODULUS_BITS_MAXIMUM 16384
/* Longer exponents only slow verification down; OpenSSL has the same limit for long moduli. */
#define EXPONENT_BITS_MAXIMUM 64
#define FIELD_LENGTH_MAXIMUM 66

static const struct {
    const char *name; /* JOSE and OpenSSL agree on these */
    size_t field_length;
} kinds[] = {
    [KEY_RSA] = {"RSA", 0},
    [KEY_P256] = {"P-256", 32},
    [KEY_P384] = {"P-384", 48},
    [KEY_P521] = {"P-521", FIELD_LENGTH_MAXIMUM},
};

const char *key_kind_name(enum key_kind kind)
{
    return kinds[kind].name;
}

size_t key_field_length(enum key_kind kind)
{
    return kinds[kind].field_length;
}

static void release_number(BIGNUM **number)
{
    openssl.BN_free(*number);
}

static void release_builder(OSSL_PARAM_BLD **builder)
{
    openssl.OSSL_PARAM_BLD_free(*builder);
}

static void release_parameters(OSSL_PARAM **parameters)
{
    openssl.OSSL_PARAM_free(*parameters);
}

static void release_context(EVP_PKEY_CTX **context)
{
    openssl.EVP_PKEY_CTX_free(*context);
}

static EVP_PKEY *make_key(const char *type, OSSL_PARAM *parameters)
{
    _cleanup_(release_context) EVP_PKEY_CTX *context = openssl.EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;

    if (context && openssl.EVP_PKEY_fromdata_init(context) == 1 &&
        openssl.EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1)
        return key;
    openssl.EVP_PKEY_free(key);
    return NULL;
}

static bool decode_member(const struct json *jwk, const char *name, struct buffer *out)
{
    const char *text = json_string(jwk, name);

    return text && base64url_decode(text, strlen(text), out, NULL);
}

static BIGNUM *number_member(const struct json *jwk, const char *name)
{
    _cleanup_buffer_ struct buffer bytes = BUFFER(MODULUS_BITS_MAXIMUM / 8 + 1);

    if (!decode_member(jwk, name, &bytes))
        return NULL;
    return openssl.BN_bin2bn((const unsigned char *)buffer_text(&bytes), (int)bytes.length, NULL);
}

/* Whether the modulus is a power of 65537 modulo that prime. */
static bool is_power_modulo(const BIGNUM *modulus, unsigned prime)
{
    unsigned residue = (unsigned)openssl.BN_mod_word(modulus, prime);
    unsigned power = 1;

    do {
        if (power == residue)
            return true;
        power = power * (65537 % prime) % prime;
    } while (power != 1);
    return false;
}

/*
 * ROCA, CVE-2017-15361: primes of the form k * M + (65537^a mod M), M a product of small primes, can be found
 * from the modulus, which is then such a power modulo each factor of M. These are the primes of which the
 * powers are few; of sound keys one in 2^27 looks the same.
 */
static bool is_roca(const BIGNUM *modulus)
{
    static const unsigned primes[] = {11, 13, 17,  19,  37,  53,  61,  71, 73,
                                      79, 97, 103, 107, 109, 127, 151, 157};

    for (size_t i = 0; i < ARRAY_SIZE(primes); i++)
        if (!is_power_modulo(modulus, primes[i]))
            return false;
    return true;
}

static const char *find_fault(const BIGNUM *modulus, const BIGNUM *exponent)
{
    if (!modulus || !exponent)
        return "n or e is missing, too long or not base64url";
    if (openssl.BN_num_bits(modulus) < MODULUS_BITS_MINIMUM)
        return "RSA key with less than 2048 bits";
    if (openssl.BN_num_bits(modulus) > MODULUS_BITS_MAXIMUM)
        return "RSA key with more than 16384 bits";
    if (!openssl.BN_is_odd(modulus) || !openssl.BN_is_odd(exponent) || openssl.BN_is_one(exponent))
        return "invalid RSA parameters";
    if (openssl.BN_num_bits(exponent) > EXPONENT_BITS_MAXIMUM)
        return "RSA exponent with more than 64 bits";
    if (is_roca(modulus))
        return "RSA key that can be factored (ROCA, CVE-2017-15361)";
    return NULL;
}

EVP_PKEY *key_from_rsa(const struct json *jwk, const char **why)
{
    _cleanup_(release_number) BIGNUM *modulus = number_member(jwk, "n");
    _cleanup_(release_number) BIGNUM *exponent = number_member(jwk, "e");
    _cleanup_(release_builder) OSSL_PARAM_BLD *builder = openssl.OSSL_PARAM_BLD_new();
    _cleanup_(release_parameters) OSSL_PARAM *parameters = NULL;
    EVP_PKEY *key = NULL;

    *why = find_fault(modulus, exponent);
    if (*why)
        return NULL;
    if (builder && openssl.OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
        openssl.OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
        parameters = openssl.OSSL_PARAM_BLD_to_param(builder);
    if (parameters)
        key = make_key("RSA", parameters);
    *why = key ? NULL : "invalid RSA parameters";
    return key;
}

/* 0x04 || X || Y (SEC 1, 2.3.3) of exactly the field's length each, as RFC 7518, 6.2.1.2 requires. */
static bool read_point(const struct json *jwk, size_t field_length, struct buffer *point)
{
    return buffer_append(point, "\x04", 1, NULL) && decode_member(jwk, "x", point) &&
           point->length == 1 + field_length && decode_member(jwk, "y", point) &&
           point->length == 1 + 2 * field_length;
}

EVP_PKEY *key_from_point(const struct json *jwk, enum key_kind kind, const char **why)
{
    _cleanup_buffer_ struct buffer point = BUFFER(1 + 2 * FIELD_LENGTH_MAXIMUM);
    _cleanup_(release_context) EVP_PKEY_CTX *check = NULL;
    char curve[8];
    OSSL_PARAM parameters[3];
    EVP_PKEY *key;

    *why = "x or y is missing, of the wrong length or not base64url";
    if (!read_point(jwk, kinds[kind].field_length, &point))
        return NULL;
    strcpy(curve, kinds[kind].name); /* NOLINT: OSSL_PARAM wants it writable, the names are short */
    parameters[0] = openssl.OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0);
    parameters[1] = openssl.OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data,
                                                              point.length);
    parameters[2] = openssl.OSSL_PARAM_construct_end();
    key = make_key("EC", parameters);
    /* With cofactor 1 being on the curve is enough; the full check is as expensive as a signature. */
    check = key ? openssl.EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL) : NULL;
    if (check && openssl.EVP_PKEY_public_check_quick(check) == 1) {
        *why = NULL;
        return key;
    }
    *why = "the point is not on the curve";
    openssl.EVP_PKEY_free(key);
    return NULL;
}
