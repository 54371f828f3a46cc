/* The UserInfo endpoint, OpenID Connect Core 5.3. */
#pragma once

#include "base/secret.h"
#include "codec/json.h"
#include "oidc/discovery.h"

/*
 * The claims of the user that `access_token` was issued to. Their `sub` must be `subject` (5.3.2). The caller
 * frees the claims. Fails with ERROR_SESSION_ENDED when the token isn't accepted (401), else as http->send()
 * and oauth_error_read() say.
 */
struct json *userinfo_fetch(const struct oidc *oidc, const struct provider *provider,
                            const struct secret *access_token, const char *subject, struct error *err);
