/*
 * Splitting and decoding a JSON Web Token in the compact form (RFC 7519, RFC 7515 section 7.1). Verifying
 * it is up to crypto/jws.h and oidc/id_token.h.
 */
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "codec/json.h"

#include <stdbool.h>
#include <stddef.h>

#define JWT_LENGTH_MAXIMUM ((size_t)64 * 1024)
#define _cleanup_jwt_ _cleanup_(jwt_release)

struct jwt {
    struct json *header;         /* an object */
    struct json *claims;         /* an object */
    struct buffer signing_input; /* ASCII(header) "." ASCII(payload), as received */
    struct buffer signature;     /* decoded; empty for an unsecured token */
};

#define JWT_EMPTY                                                                                            \
    {                                                                                                        \
        NULL, NULL, BUFFER(JWT_LENGTH_MAXIMUM), BUFFER(JWT_LENGTH_MAXIMUM)                                   \
    }

/*
 * Decodes three canonical base64url parts, the first two of which must be JSON objects. `out` must be
 * JWT_EMPTY. Fails with ERROR_PROTOCOL and says which part is wrong; five parts are reported as an encrypted
 * token.
 */
bool jwt_decode(const char *text, size_t length, struct jwt *out, struct error *err);

void jwt_release(struct jwt *jwt);
