/* A `login` of somebody who is signed in. */
#pragma once

#include "cmd/command.h"

/* Says who is signed in with the profile, if anybody is, and what --reauth (`reauthenticate`) is for. */
void login_already(const struct context *context, bool reauthenticate);
