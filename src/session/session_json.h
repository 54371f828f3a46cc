/* A session as one JSON text, the form in which stores keep it. */
#pragma once

#include "base/error.h"
#include "session/session.h"

struct secret *session_encode(const struct session *session);

/* Fails with ERROR_STORE_UNAVAILABLE when the text is no session that this version can read. */
bool session_decode(const struct secret *text, struct session *out, struct error *err);
