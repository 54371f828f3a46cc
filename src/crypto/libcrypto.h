/* The part of OpenSSL's libcrypto that this module calls, opened by crypto_start(). Private to crypto/. */
#pragma once

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

/* clang-format off */
#define LIBCRYPTO_FUNCTIONS(DO) \
    DO(BIO_ctrl) \
    DO(BIO_free) \
    DO(BIO_new) \
    DO(BIO_s_mem) \
    DO(BN_bin2bn) \
    DO(BN_free) \
    DO(BN_is_odd) \
    DO(BN_is_one) \
    DO(BN_mod_word) \
    DO(BN_num_bits) \
    DO(CRYPTO_free) \
    DO(CRYPTO_set_mem_functions) \
    DO(ECDSA_SIG_free) \
    DO(ECDSA_SIG_new) \
    DO(ECDSA_SIG_set0) \
    DO(ERR_clear_error) \
    DO(ERR_get_error) \
    DO(EVP_DigestVerify) \
    DO(EVP_DigestVerifyInit_ex) \
    DO(EVP_MD_CTX_free) \
    DO(EVP_MD_CTX_new) \
    DO(EVP_PBE_scrypt) \
    DO(EVP_PKEY_CTX_free) \
    DO(EVP_PKEY_CTX_new_from_name) \
    DO(EVP_PKEY_CTX_new_from_pkey) \
    DO(EVP_PKEY_CTX_set_rsa_padding) \
    DO(EVP_PKEY_CTX_set_rsa_pss_saltlen) \
    DO(EVP_PKEY_free) \
    DO(EVP_PKEY_fromdata) \
    DO(EVP_PKEY_fromdata_init) \
    DO(EVP_PKEY_public_check_quick) \
    DO(EVP_Q_digest) \
    DO(OPENSSL_init_crypto) \
    DO(OSSL_PARAM_BLD_free) \
    DO(OSSL_PARAM_BLD_new) \
    DO(OSSL_PARAM_BLD_push_BN) \
    DO(OSSL_PARAM_BLD_to_param) \
    DO(OSSL_PARAM_construct_end) \
    DO(OSSL_PARAM_construct_octet_string) \
    DO(OSSL_PARAM_construct_utf8_string) \
    DO(OSSL_PARAM_free) \
    DO(RAND_set_DRBG_type) \
    DO(X509_NAME_print_ex) \
    DO(X509_STORE_CTX_get0_cert) \
    DO(X509_STORE_CTX_get_current_cert) \
    DO(X509_get_issuer_name) \
    DO(X509_get_subject_name) \
    DO(X509_verify_cert) \
    DO(i2d_ECDSA_SIG)
/* clang-format on */

/*
 * Every function under its own name: openssl.EVP_MD_CTX_new(). Where a macro of OpenSSL's headers calls one,
 * such as OPENSSL_free(), what it stands for is written instead.
 */
struct libcrypto {
#define LIBCRYPTO_MEMBER(name) __typeof__(name) *(name);
    LIBCRYPTO_FUNCTIONS(LIBCRYPTO_MEMBER)
#undef LIBCRYPTO_MEMBER
};

extern struct libcrypto openssl;
