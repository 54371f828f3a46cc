/* Sessions that end together: Logto keeps one grant for each browser session, app and user. */
#pragma once

#include "session/config.h"
#include "session/interfaces.h"

/*
 * Adds the names of the other profiles in `config` that may share the grant of `profile`: their session is of
 * the same issuer, app and user, as far as that can be told without asking the user anything more. What can't
 * be read adds nothing; neither does a profile without a session.
 */
void siblings_find(const struct interfaces *interfaces, const struct config *config,
                   const struct profile *profile, struct list *names);
