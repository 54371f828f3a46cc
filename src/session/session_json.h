/* A session as JSON, as stores keep it. */
#pragma once

#include "base/error.h"
#include "session/session.h"
#include "store/store.h"

struct secret *session_encode(const struct session *session);

/* Of struct store_settings: a session says whose it is. */
bool session_identify(const struct secret *text, void (*found)(void *data, const struct store_key *key),
                      void *data);

/* Fails with ERROR_STORE_UNAVAILABLE when this version can't read the text. */
bool session_decode(const struct secret *text, struct session *out, struct error *err);
