/*
 * RP-initiated logout, OpenID Connect RP-Initiated Logout 1.0: ending the browser's own session at the
 * provider.
 */
#pragma once

#include "base/secret.h"
#include "oidc/discovery.h"

/*
 * Appends the URL to open in the browser. `redirect_uri`, registered at the provider, and `state` may be
 * NULL. There is no id_token_hint: the URL goes to the browser's argv, and Logto asks nothing without it.
 * Fails with ERROR_PROTOCOL when the provider has no such endpoint.
 */
bool end_session_url(const struct provider *provider, const char *client_id, const char *redirect_uri,
                     const struct secret *state, struct buffer *out, struct error *err);
