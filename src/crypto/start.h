/* Starting OpenSSL with no more than this program needs. Private to crypto/. */
#pragma once

/*
 * Call it before the first use of OpenSSL in each public function that may be the first. Cheap from the
 * second time on, safe from several threads. Can't fail: without it OpenSSL only starts more slowly.
 */
void crypto_start(void);
