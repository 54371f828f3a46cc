/*
 * More access at another provider, such as Google, asked of the user in the browser. What is granted replaces
 * the token that Logto keeps; the session stays as it is.
 */
#pragma once

#include "logto/vault_token.h"
#include "session/interfaces.h"
#include "session/sign_in.h"

struct consent_request {
    const char *target;        /* of the connector: "google" */
    const char *connector_id;  /* NULL: looked up in the sign-in experience */
    const struct list *scopes; /* beyond openid, profile and email */
    bool open_browser;
    int paste_descriptor; /* where the redirect URL may be pasted, or -1 */
    const char *host; /* named on the last page: where we run, when the browser may run elsewhere; or NULL */
    int64_t timeout;  /* ms */
    struct sign_in_events events;
};

/*
 * Listens at the profile's port and no other, because the provider has the redirect URI registered. Fails
 * with
 * - ERROR_CANCELLED, ERROR_DENIED: the user cancelled; chose an account that isn't the linked one; the
 *   provider refused;
 * - ERROR_NOT_GRANTED: only a part of the scopes was granted (that part is stored all the same), or the
 *   session lacks the scope `identities`;
 * - ERROR_TIMEOUT; ERROR_PORT_IN_USE; ERROR_CONFIG: the connector is unknown, or stores no tokens;
 * - as account_send() does.
 */
bool consent_obtain(const struct interfaces *interfaces, const struct profile *profile,
                    const struct consent_request *request, struct vault_token *out, struct error *err);
