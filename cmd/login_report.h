/* What `logto login` prints once the session is stored. */
#pragma once

#include "cmd/command.h"
#include "session/session.h"

/* The user and the store, as text on stderr or with --json as an object; and a warning of what was not
 * granted, or that signing in with Google (`connector`) narrowed the token that Logto keeps. */
void login_report(const struct context *context, const char *connector, const struct list *asked_scopes,
                  const struct session *session);
