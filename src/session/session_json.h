/* A session as JSON, as stores keep it. */
#pragma once

#include "base/error.h"
#include "session/session.h"

struct secret *session_encode(const struct session *session);

/* Fails with ERROR_STORE_UNAVAILABLE when this version can't read the text. */
bool session_decode(const struct secret *text, struct session *out, struct error *err);
