/*
 * From a token response to a verified, stored session. Every sign-in flow ends here.
 */
#pragma once

#include "oidc/token_endpoint.h"
#include "session/session_store.h"
#include "session/sign_in.h"

/* What was requested, to verify the token response. Borrowed. */
struct sign_in_expectation {
    const struct provider *provider;
    struct client client;
    const struct secret *nonce; /* NULL where the flow has none (RFC 8628) */
    const struct list *scopes;
    const struct list *resources;
    const struct sign_in_events *events;
    bool machine;         /* client credentials: no user, no ID token */
    const char *resource; /* that the access token is for; NULL: Logto's opaque token */
};

/*
 * Verifies the ID token of `tokens` (OpenID Connect Core 3.1.3.7), builds the session of `profile` and stores
 * it under the session's lock; `out` must be SESSION_EMPTY. On failure an earlier session is unchanged;
 * otherwise one of another user is revoked, and events->replaced called; one of another app is
 * revoked too. Fails with ERROR_PROTOCOL, or as
 * network and store do. Takes the tokens out of `tokens`.
 */
bool session_establish(const struct interfaces *interfaces, const struct profile *profile,
                       const struct sign_in_expectation *expected, struct token_response *tokens,
                       struct session *out, struct error *err);
