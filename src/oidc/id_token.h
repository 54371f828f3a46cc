/* Verifying an ID token, OpenID Connect Core 3.1.3.7 (and 12.2 after a refresh). */
#pragma once

#include "base/secret.h"
#include "codec/jwt.h"
#include "oidc/discovery.h"

/* Seconds of clock difference that are allowed, as in Logto's own SDKs. */
#define ID_TOKEN_TOLERANCE 300

struct id_token_expectation {
    const char *client_id;
    const struct secret *nonce;        /* NULL after a refresh: then none is required */
    const struct secret *access_token; /* compared with at_hash when the ID token has one */
    const char *subject;               /* the signed-in user after a refresh; NULL at sign-in */
};

/*
 * Decodes and verifies `token`; the key set is fetched when needed. `out` must be
 * JWT_EMPTY. Fails with ERROR_PROTOCOL and says which check failed; with ERROR_NETWORK when the keys to judge
 * it are not cached and oidc->offline prevents fetching them; or as fetching them does.
 */
bool id_token_verify(const struct oidc *oidc, const struct provider *provider, const struct secret *token,
                     const struct id_token_expectation *expected, struct jwt *out, struct error *err);
