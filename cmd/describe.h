/* What several verbs say about a session in the same words. */
#pragma once

#include "session/session.h"

/* "Ada Lovelace <ada@example.com>", or what else the claims call the user; the caller frees it. */
char *describe_user(const struct json *claims);

/* An object with profile, endpoint, issuer and app_id, which --json begins with; the caller frees it. */
struct json *describe_session(const struct session *session);
