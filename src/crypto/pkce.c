#include "crypto/pkce.h"

#include "codec/base64url.h"
#include "crypto/symmetric.h"

#include <string.h>

#define RANDOM_LENGTH 32

struct secret *pkce_random(struct system *system, struct error *err)
{
    unsigned char bytes[RANDOM_LENGTH];
    char text[BASE64URL_LENGTH(RANDOM_LENGTH) + 1];
    struct secret *secret;

    if (!system->random(system, bytes, sizeof(bytes), err))
        return NULL;
    base64url_encode(bytes, sizeof(bytes), text);
    secret = secret_new(text, sizeof(text) - 1);
    explicit_bzero(bytes, sizeof(bytes));
    explicit_bzero(text, sizeof(text));
    return secret;
}

bool pkce_challenge(const struct secret *verifier, char challenge[44], struct error *err)
{
    unsigned char hash[SHA256_LENGTH];

    if (!symmetric_sha256(secret_text(verifier), secret_length(verifier), hash, err))
        return false;
    base64url_encode(hash, sizeof(hash), challenge);
    return true;
}
