/* Starting OpenSSL with no more than this program needs. Private to crypto/. */
#pragma once

/*
 * Every public function that may be the first to use OpenSSL calls it. Idempotent and thread-safe. Can't
 * fail: without it OpenSSL only starts more slowly.
 */
void crypto_start(void);
