/* Opening OpenSSL's libcrypto, and starting it with no more than this program needs. */
#pragma once

/*
 * Every public function of crypto/ that may be the first to use OpenSSL calls it, and whoever opens a library
 * that brings OpenSSL along calls it before. Idempotent and thread-safe. Can't fail: without libcrypto
 * the program ends with a message, as it does without memory.
 */
void crypto_start(void);
