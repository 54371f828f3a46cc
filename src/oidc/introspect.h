/* Token introspection, RFC 7662: what the server says about a token that only it can read. */
#pragma once

#include "codec/json.h"
#include "oidc/token_endpoint.h"

/*
 * The server's answer, an object with `active`; the caller frees it. A public client learns about its own
 * tokens only, others are inactive to it. Fails as http->send() and oauth_error_read() say.
 */
struct json *introspect(const struct oidc *oidc, const struct provider *provider, const struct client *client,
                        const struct secret *token, struct error *err);
