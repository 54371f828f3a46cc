/*
 * RP-initiated logout, OpenID Connect RP-Initiated Logout 1.0: ending the browser's own session at the
 * provider.
 */
#pragma once

#include "base/secret.h"
#include "oidc/discovery.h"

/*
 * Appends the URL to open in the browser. `redirect_uri`, registered at the provider, and `state` may be
 * NULL. No id_token_hint is sent: the URL is visible in the browser's argv, and Logto doesn't need it.
 * Fails with ERROR_PROTOCOL when the provider has no such endpoint.
 */
bool end_session_url(const struct provider *provider, const char *client_id, const char *redirect_uri,
                     const struct secret *state, struct buffer *out, struct error *err);
