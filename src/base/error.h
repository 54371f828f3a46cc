/*
 * How functions report failure. See CONTRIBUTING.md.
 *
 * A function that can fail takes `struct error *err` last, returns false (or NULL), sets `err` exactly once
 * and leaves its outputs untouched. A caller that doesn't need the reason passes NULL. Callers add context on
 * the way up; only main() prints.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* The words of the command line contract, in the order of the table in error.c. */
enum error_code {
    ERROR_NONE,
    ERROR_INTERNAL,
    ERROR_IO,
    ERROR_HTTP,
    ERROR_USAGE,
    ERROR_CONFIG,
    ERROR_NOT_SIGNED_IN,
    ERROR_SESSION_ENDED,
    ERROR_DENIED,
    ERROR_CANCELLED,
    ERROR_TIMEOUT,
    ERROR_NO_BROWSER,
    ERROR_TOKEN_INVALID,
    ERROR_NETWORK,
    ERROR_TLS,
    ERROR_PROTOCOL,
    ERROR_RATE_LIMITED,
    ERROR_STORE_UNAVAILABLE,
    ERROR_STORE_LOCKED,
    ERROR_PORT_IN_USE,
    ERROR_NOT_GRANTED,
    ERROR_INTERRUPTED,
    ERROR_CODE_COUNT
};

/* Lives on the stack of whoever handles it and needs no release. Longer text is truncated. */
struct error {
    enum error_code code;
    char message[1024]; /* what happened and why, one line without a final full stop */
    char hint[1024];    /* what to do next, or empty */
};

/* Sets code and message, drops any hint. Returns false, so that a function can end in it. */
bool error_set(struct error *err, enum error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets the code of a failure that was already reported: main() only exits with its status. Returns false. */
bool error_set_reported(struct error *err, enum error_code code);

/* Replaces the code of an error that is already set. Returns false. */
bool error_change_code(struct error *err, enum error_code code);

/* Like error_set(), and appends strerror(errno). */
bool error_set_errno(struct error *err, enum error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets the hint of an error that is already set. Returns false. */
bool error_hint(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "<text>: " before the message of an error that is already set. Returns false. */
bool error_context(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The word of the contract ("not_signed_in"); static. */
const char *error_code_word(enum error_code code);

/* The exit status of the contract (0 to 130). */
int error_exit_status(enum error_code code);
