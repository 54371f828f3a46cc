#include "crypto/start.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <pthread.h>

/*
 * What OpenSSL does by itself takes longer than verifying a signature. Error strings, which we
 * don't show, and cleanup at exit are skipped. The configuration file is still read: it may set TLS policy.
 *
 * Verifying ECDSA needs random numbers for blinding. The generator built on AES registers every cipher first,
 * the one built on a hash (both NIST SP 800-90A) doesn't: 0.35 ms of 3 in the life of `logto inspect`.
 */
static void start(void)
{
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ATEXIT, NULL);
    if (RAND_set_DRBG_type(NULL, "HASH-DRBG", NULL, NULL, "SHA256") != 1)
        ERR_clear_error(); /* the generator is already in use: nothing to gain */
}

void crypto_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, start);
}
