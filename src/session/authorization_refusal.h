/* Why a provider refuses an authorization request, and what to change where. */
#pragma once

#include "oidc/oauth_error.h"
#include "oidc/token_endpoint.h"
#include "session/profile.h"

/*
 * Sets `err` to what `refusal` means for the request of `client`, for `resources`: ERROR_CONFIG where the
 * user or the tenant's administrator can change it, and that with a hint. Other errors leave `err` alone.
 * Always returns false.
 */
bool authorization_explain_refusal(const struct profile *profile, const struct client *client,
                                   const struct list *resources, const struct oauth_error *refusal,
                                   struct error *err);
