/*
 * The access token of another provider, such as Google, that Logto's Secret Vault keeps for a user who signed
 * in there. Logto renews it by itself, when it has expired and there is a refresh token.
 */
#pragma once

#include "base/list.h"
#include "base/secret.h"
#include "net/http.h"

#include <stdint.h>

struct vault_token {
    struct secret *token;
    char *scope;        /* as the other provider granted it; or NULL */
    int64_t expires_at; /* Unix seconds; 0: not said */
};

#define VAULT_TOKEN_EMPTY                                                                                    \
    {                                                                                                        \
        .token = NULL                                                                                        \
    }
#define _cleanup_vault_token_ _cleanup_(vault_token_release)

/* The path below the endpoint for the token of the connector `target`; the caller frees it. */
char *vault_token_path(const char *target);

/* Reads the answer to a request that succeeded at `now` (Unix seconds). Fails with ERROR_PROTOCOL. */
bool vault_token_read(const struct http_response *response, int64_t now, struct vault_token *out,
                      struct error *err);

/*
 * The first of `scopes` that the token lacks, or NULL; what it was granted for may not be known. Belongs to
 * `scopes`.
 */
const char *vault_token_missing(const struct vault_token *token, const struct list *scopes);

/* The provider behind the connector `target` as users know it: "Google". Belongs to the caller's `target`, or
 * is static. */
const char *vault_provider_name(const char *target);

void vault_token_release(struct vault_token *token);
