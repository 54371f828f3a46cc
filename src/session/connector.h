/* The connectors of a tenant: whether it has the one that a sign-in is to go straight to, and its id. */
#pragma once

#include "logto/sign_in_experience.h"
#include "session/interfaces.h"

/*
 * The tenant's sign-in experience, cached like the discovery document (oidc/document.h); *fetched tells
 * whether the network was used. Fails as fetching does.
 */
bool connector_load_experience(const struct interfaces *interfaces, const struct profile *profile,
                               bool *fetched, struct sign_in_experience *out, struct error *err);

/*
 * Looks whether the tenant offers `connector`: *offered. One that is switched on since the sign-in experience
 * was cached is found. A tenant that does not say counts as offering it: Logto's own page comes up if it
 * doesn't. When it is not offered and `required`, fails with ERROR_CONFIG and names those that are.
 */
bool connector_check(const struct interfaces *interfaces, const struct profile *profile,
                     const char *connector, bool required, bool *offered, struct error *err);

/*
 * The id of the social connector `target`, to be freed by the caller. Fails with ERROR_CONFIG when the
 * sign-in experience does not list it, or as fetching does.
 */
bool connector_find_id(const struct interfaces *interfaces, const struct profile *profile, const char *target,
                       char **out, struct error *err);
