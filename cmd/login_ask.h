/* What `logto login` asks the user before it can begin. */
#pragma once

#include "session/profile.h"

/*
 * Asks at a terminal for endpoint and app id where the profile lacks them. With `device` not for the app:
 * most tenants have none for the device flow yet, and the user is told how to get one. Fails with
 * ERROR_CONFIG, or ERROR_CANCELLED.
 */
bool login_ask_missing(struct profile *profile, bool device, struct error *err);
