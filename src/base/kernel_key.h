/*
 * Small secrets in the kernel's keyring of this user, @u (keyrings(7)): they survive the process, not the
 * machine's next start, and never touch a disk. Each is found by its description. Where there is no such
 * keyring (some containers), nothing is ever found; no caller may depend on it.
 *
 * An expired key counts against the user's quota of 20,000 bytes until it is collected, so only keys go
 * here, never tokens.
 */
#pragma once

#include "base/error.h"
#include "base/secret.h"

#include <stdbool.h>
#include <stdint.h>

#define KERNEL_KEY_MAXIMUM 256 /* bytes */

/* Whether there is such a keyring. */
bool kernel_key_is_available(void);

/* *out becomes a copy, to be freed by the caller. Fails with ERROR_STORE_UNAVAILABLE, also when there is
 * none. */
bool kernel_key_read(const char *description, struct secret **out, struct error *err);

/* Replaces the key of this description by one that vanishes after `seconds` (at least 1). Fails like
 * kernel_key_read(). */
bool kernel_key_write(const char *description, const struct secret *value, int64_t seconds,
                      struct error *err);

/* Lets the key vanish `seconds` (at least 1) from now, whatever was said before. Fails like
 * kernel_key_read(). */
bool kernel_key_set_timeout(const char *description, int64_t seconds, struct error *err);

/* Removes the key; an absent one is fine. Fails like kernel_key_read(). */
bool kernel_key_remove(const char *description, struct error *err);
