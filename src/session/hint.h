/* Hints that are command lines, ready to be pasted into a shell. */
#pragma once

#include "base/error.h"
#include "session/access_request.h"
#include "session/profile.h"
#include "session/session.h"

/*
 * Hints at the `logto login` for `profile` that would cover all of `request`; what is granted already stays
 * granted, because the profile remembers it. `session` and `request` may be NULL: then it is just a new
 * sign-in. Always returns false.
 */
bool hint_login(const struct profile *profile, const struct session *session,
                const struct access_request *request, struct error *err);

/* Hints at `command`, which may have words before it, for `profile`. Always returns false. */
bool hint_command(const struct profile *profile, const char *command, struct error *err);

/* Hints at the `logto login` that gives `profile` what it lacks of endpoint and app, for the device flow with
 * `device`. Always returns false. */
bool hint_set_up(const struct profile *profile, bool device, struct error *err);

/* Hints at how to get an app for the device flow, and at the `logto login` with it. Always returns false. */
bool hint_device_app(const struct profile *profile, struct error *err);

/*
 * Hints at the `logto login` that takes the place of `session` and has the user sign in at the connector
 * `target` again. `before` (may be NULL) is what to do first. Always returns false.
 */
bool hint_sign_in_again(const struct profile *profile, const struct session *session, const char *target,
                        const char *before, struct error *err);

/* Hints at the `logto google authorize` that asks for `scopes`. Always returns false. */
bool hint_authorize(const struct profile *profile, const struct list *scopes, struct error *err);
