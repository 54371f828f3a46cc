/* Token revocation, RFC 7009. */
#pragma once

#include "oidc/token_endpoint.h"

/*
 * Revokes a refresh token, and at Logto all tokens of the same grant. A token that the server doesn't
 * know counts as revoked (2.2). Fails as http->send() and oauth_error_read() say.
 */
bool revoke_refresh_token(const struct oidc *oidc, const struct provider *provider,
                          const struct client *client, const struct secret *refresh_token, struct error *err);
