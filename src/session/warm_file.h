/*
 * The file of warm.h: a session without its refresh token and app secret, sealed with AES-256-GCM.
 *
 *     "logtoW1\0" | nonce | ciphertext | tag
 */
#pragma once

#include "base/buffer.h"
#include "base/system.h"
#include "session/session.h"

#define WARM_FILE_MAXIMUM ((size_t)1 << 20)

/*
 * Appends to `out`, which must be empty, what may be kept warm of `session`. `key` has SEAL_KEY_LENGTH bytes;
 * `name` says which session it is, and only with the same one the file opens. Fails with ERROR_INTERNAL, or
 * ERROR_PROTOCOL when it is more than `out` may hold.
 */
bool warm_file_encode(struct system *system, const struct secret *key, const struct buffer *name,
                      const struct session *session, struct buffer *out, struct error *err);

/*
 * Reads it; `out` must be SESSION_EMPTY. Fails with ERROR_PROTOCOL when anything was changed, or as
 * session_decode() does.
 */
bool warm_file_decode(const struct secret *key, const struct buffer *name, const struct buffer *file,
                      struct session *out, struct error *err);
