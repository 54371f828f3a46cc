/* The tokens of other providers that Logto keeps for the signed-in user. Nothing of them is stored here. */
#pragma once

#include "logto/vault_token.h"
#include "session/interfaces.h"

/* Which token; borrowed. */
struct vault_request {
    const char *target;        /* of the connector: "google" */
    const struct list *scopes; /* that it must have */
    int64_t min_ttl;           /* seconds for which it must still be valid */
};

/*
 * The access token that Logto keeps. Fails with
 * - ERROR_NOT_GRANTED: the session lacks the scope `identities`; nothing is stored; it has expired for good
 *   or too soon; lacks a scope; the other provider refused to renew it. The hint is what would help;
 * - ERROR_CONFIG: the Account API is disabled at the tenant;
 * - as session_access_token() and account_send() do.
 */
bool vault_fetch_token(const struct interfaces *interfaces, const struct profile *profile,
                       const struct vault_request *wanted, struct vault_token *out, struct error *err);
