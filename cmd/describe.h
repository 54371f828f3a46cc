/* A session in words and as JSON, for the verbs that share them. */
#pragma once

#include "session/session.h"

/* The user of a session, or the app of a machine's; the caller frees it. */
char *describe_session_user(const struct session *session);

/* "Ada Lovelace <ada@example.com>", or another name that the claims have for the user; the caller frees it.
 */
char *describe_user(const struct json *claims);

/* An object with profile, endpoint, issuer and app_id, which --json begins with; the caller frees it. */
struct json *describe_session(const struct session *session);
