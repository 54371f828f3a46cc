/* Proof Key for Code Exchange, RFC 7636, method S256, and other random values of an authorization request. */
#pragma once

#include "base/secret.h"
#include "base/system.h"

/* 256 random bits in base64url: a code_verifier (RFC 7636, 4.1), state or nonce. NULL on failure. */
struct secret *pkce_random(struct system *system, struct error *err);

/* BASE64URL(SHA256(verifier)), 43 characters and a NUL (RFC 7636, 4.2). Fails with ERROR_INTERNAL. */
bool pkce_challenge(const struct secret *verifier, char challenge[44], struct error *err);
