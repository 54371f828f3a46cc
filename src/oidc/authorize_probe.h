/* Asking the authorization endpoint without a browser: does it refuse the request outright? */
#pragma once

#include "oidc/oauth_error.h"
#include "oidc/oidc.h"

/*
 * Requests `url`, of authorize_url(). False when the provider refuses it, as JSON or with a redirect to
 * `redirect_uri`; then *refusal is filled. A redirect anywhere else, a page, an error of the server or of the
 * network refuse nothing. The provider remembers a request that it does not refuse for a while, for a browser
 * that never comes.
 */
bool authorize_probe(const struct oidc *oidc, const char *url, const char *redirect_uri,
                     struct oauth_error *refusal);
