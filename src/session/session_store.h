/*
 * The session of a profile in its store, and the lock that a process holds while it replaces
 * it.
 */
#pragma once

#include "session/interfaces.h"
#include "session/session.h"

/*
 * Whether the profile has endpoint and app. Fails with ERROR_CONFIG; with ERROR_NOT_SIGNED_IN if it has
 * neither.
 */
bool session_check_profile(const struct profile *profile, struct error *err);

/*
 * The session of `profile`. Fails with ERROR_CONFIG (no endpoint or app), ERROR_NOT_SIGNED_IN, or as the
 * store does. When there is none, session_find() succeeds with *found false.
 */
bool session_load(const struct interfaces *interfaces, const struct profile *profile, struct session *out,
                  struct error *err);
bool session_find(const struct interfaces *interfaces, const struct profile *profile, struct session *out,
                  bool *found, struct error *err);

/*
 * Whether `profile` could become another one without leaving a session out of reach. Fails with ERROR_CONFIG
 * when it has a session, or as the store does.
 */
bool session_check_none(const struct interfaces *interfaces, const struct profile *profile,
                        struct error *err);

/* Replaces what the store holds for `profile`. */
bool session_save(const struct interfaces *interfaces, const struct profile *profile,
                  const struct session *session, struct error *err);

/* Checks, as far as possible, that session_save() will be able to write. Fails as the store does. */
bool session_prepare(const struct interfaces *interfaces, const struct profile *profile, struct error *err);

/* Removes the profile's session from the store; an absent one is not an error. */
bool session_forget(const struct interfaces *interfaces, const struct profile *profile, struct error *err);

/*
 * Takes the session's lock. Waits up to a minute. Release it with lock_release(). Fails with ERROR_IO.
 */
bool session_lock(const struct interfaces *interfaces, const struct profile *profile, int *lock,
                  struct error *err);

/*
 * The same for the lock that is held while a user signs in on demand, which leaves the session itself free.
 * Waits for as long as a sign-in may take; *waited tells whether another process had the lock first.
 */
bool session_lock_sign_in(const struct interfaces *interfaces, const struct profile *profile, int *lock,
                          bool *waited, struct error *err);
