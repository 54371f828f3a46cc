/* The command line that would help, ready to be copied into a shell. */
#pragma once

#include "session/access.h"

/*
 * Hints at the `logto login` that would cover all of `request`, for the context's profile; what is granted
 * already stays granted, because the profile remembers it. `session` and `request` may be NULL: then it is
 * just a new sign-in. Always false.
 */
bool hint_login(const struct context *context, const struct session *session,
                const struct access_request *request, struct error *err);
