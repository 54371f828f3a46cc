/*
 * Warm tokens: what a session may hand out, kept where it is read in a fraction of the time that the store
 * takes, also while the store is locked (docs/adr/0018). The tokens are in an encrypted file in the user's
 * runtime directory, its key is in the kernel's keyring of the user, and vanishes when the last token has
 * expired. Never the refresh token, never an app secret.
 *
 * They are a copy: where there is no such directory or keyring, and whenever anything is wrong with the copy,
 * it is as if there were none, and -vv says why. Nothing here fails.
 */
#pragma once

#include "session/interfaces.h"
#include "session/session.h"

/*
 * Keeps the tokens of `session`, which was just stored; its lock is held. Drops what is there instead when
 * the profile or LOGTO_WARM=0 says so, or when the session's user is unproven.
 */
void warm_write(const struct interfaces *interfaces, const struct profile *profile,
                const struct session *session);

/*
 * The session as far as it is kept, without refresh token and app secret; `out` must be SESSION_EMPTY. The
 * tokens may have expired. False when there is none.
 */
bool warm_read(const struct profile *profile, struct session *out);

/* Forgets the tokens, whatever the profile says. Before anything else that ends or replaces a session. */
void warm_drop(const struct profile *profile);

/* Until when the last of the tokens is valid, in Unix seconds; 0 when there is none that is valid now. */
int64_t warm_until(const struct interfaces *interfaces, const struct profile *profile);
