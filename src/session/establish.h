/*
 * From a token response to a verified, stored session. Every way to sign in obtains tokens by itself and ends
 * here.
 */
#pragma once

#include "oidc/token_endpoint.h"
#include "session/session_store.h"
#include "session/sign_in.h"

/* What was asked for, with which the token response is compared. Borrowed. */
struct sign_in_expectation {
    const struct provider *provider;
    struct client client;
    const struct secret *nonce; /* NULL where the flow has none (RFC 8628) */
    const struct list *scopes;
    const struct list *resources;
    const struct sign_in_events *events;
};

/*
 * Verifies the ID token of `tokens` (OpenID Connect Core 3.1.3.7), builds the session of `profile` and stores
 * it under the session's lock; `out` must be SESSION_EMPTY. Until it is stored an earlier session stays as it
 * was; afterwards another user's is revoked, and events->replaced called. Fails with ERROR_PROTOCOL, or as
 * network and store do. What `tokens` held is taken.
 */
bool session_establish(const struct interfaces *interfaces, const struct profile *profile,
                       const struct sign_in_expectation *expected, struct token_response *tokens,
                       struct session *out, struct error *err);
