#include "crypto/start.h"

#include "base/library.h"
#include "base/memory.h"
#include "crypto/libcrypto.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct libcrypto openssl;

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

static void open_library(void)
{
#define SYMBOL(name) {#name, &openssl.name},
    static const struct library_symbol symbols[] = {LIBCRYPTO_FUNCTIONS(SYMBOL)};
#undef SYMBOL
    struct error err = {0};

    if (library_open("libcrypto.so.3", "libssl3", symbols, ARRAY_SIZE(symbols), &err))
        return;
    fprintf(stderr, "logto: %s\nhint: %s\n", err.message, err.hint);
    _Exit(1);
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
    open_library();
    /*
     * OpenSSL's functions say "no" both when a signature is wrong and when there was no memory to look at it.
     * With allocators that can't fail the second "no" doesn't exist. It must be before its first allocation.
     */
    openssl.CRYPTO_set_mem_functions(allocate, resize, release);
    if (openssl.OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
                                        OPENSSL_INIT_NO_ATEXIT,
                                    NULL) != 1 ||
        openssl.RAND_set_DRBG_type(NULL, "HASH-DRBG", NULL, NULL, "SHA256") != 1)
        openssl.ERR_clear_error(); /* the generator is already in use: nothing to gain */
}

void crypto_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, start);
}
