#include "crypto/start.h"

#include "base/memory.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdlib.h>

static void *allocate(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return size ? memory_obtain(size) : NULL;
}

static void *resize(void *pointer, size_t size, const char *file, int line)
{
    if (size)
        return memory_resize(pointer, size, 1);
    free(pointer);
    return allocate(0, file, line);
}

static void release(void *pointer, const char *file, int line)
{
    (void)file;
    (void)line;
    free(pointer);
}

/*
 * OpenSSL's functions say "no" both when a signature is wrong and when there was no memory to look at it.
 * With allocators that can't fail the second "no" doesn't exist. Before main(), because it must be before
 * OpenSSL's first allocation.
 */
__attribute__((constructor)) static void install_allocators(void)
{
    CRYPTO_set_mem_functions(allocate, resize, release);
}

/*
 * What OpenSSL does by itself takes longer than verifying a signature. Error strings, which we
 * don't show, cleanup at exit, and a table of ciphers by their names of before OpenSSL 3, which only
 * encrypted PEM files and the like need (0.18 ms; TLS fetches its ciphers from the provider), are skipped.
 * The configuration file is still read: it may set TLS policy; a damaged one is no reason to give up.
 *
 * Verifying ECDSA needs random numbers for blinding. The generator built on AES registers every cipher first,
 * the one built on a hash (both NIST SP 800-90A) doesn't: 0.35 ms of 3 in the life of `logto inspect`.
 */
static void start(void)
{
    if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
                                OPENSSL_INIT_NO_ATEXIT,
                            NULL) != 1 ||
        RAND_set_DRBG_type(NULL, "HASH-DRBG", NULL, NULL, "SHA256") != 1)
        ERR_clear_error(); /* the generator is already in use: nothing to gain */
}

void crypto_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, start);
}
