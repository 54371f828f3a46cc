/* Signing in with a browser on another machine (RFC 8628). */
#pragma once

#include "session/interfaces.h"
#include "session/session.h"
#include "session/sign_in.h"

/* Whether the profile has an app for the device flow. Fails with ERROR_CONFIG, and how to get one. */
bool sign_in_device_check(const struct profile *profile, struct error *err);

/*
 * Asks the provider for a code, which is thrown away: whether there is such an app, and of the right kind. Of
 * `request` the scopes, resources, connector, login_hint and sign_up are used. Fails as sign_in_device().
 */
bool sign_in_device_try(const struct interfaces *interfaces, const struct profile *profile,
                        const struct sign_in_request *request, struct error *err);

/*
 * Gets a code for the profile's device_app_id, tells the user through events->device_code, and polls until
 * the tokens come, which session_establish() turns into the stored session. Fails with ERROR_CONFIG when
 * there is no such app or it is of another kind, ERROR_DENIED, ERROR_TIMEOUT (also when the code expires), or
 * as discovery and session_establish(). `request` is used but for app_secret and reauthenticate, which this
 * flow does not have.
 */
bool sign_in_device(const struct interfaces *interfaces, const struct profile *profile,
                    const struct sign_in_request *request, struct session *out, struct error *err);
