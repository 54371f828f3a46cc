/*
 * The only holder of credentials: tokens, codes, verifiers, app secrets, passphrases.
 *
 * The bytes have pages of their own, which are locked into memory where the system allows it, excluded from
 * core dumps, and wiped before they are unmapped. The type is opaque so that no log or format function can
 * take one by accident.
 */
#pragma once

#include "base/memory.h"

#include <stdbool.h>
#include <stddef.h>

struct secret;

#define _cleanup_secret_ _cleanup_(secret_free)

/* Copies `length` bytes. The caller owns the result and should wipe its own copy. Never NULL. */
struct secret *secret_new(const void *bytes, size_t length);

/* The same for NUL-terminated text; NULL gives NULL. */
struct secret *secret_from_text(const char *text);

struct secret *secret_copy(const struct secret *secret);

/* The bytes, followed by a NUL that secret_length() doesn't count. Valid until secret_free(). */
const char *secret_text(const struct secret *secret);

/* In bytes. */
size_t secret_length(const struct secret *secret);

/* Compares in time that depends on the lengths only. NULL equals only NULL. */
bool secret_equal(const struct secret *a, const struct secret *b);

/* Wipes, releases and sets *secret to NULL. */
void secret_free(struct secret **secret);
