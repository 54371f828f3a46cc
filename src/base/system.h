/*
 * The interface to time and randomness. Tests pass their own.
 */
#pragma once

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct system {
    /* Seconds since 1970-01-01T00:00:00Z. */
    int64_t (*now)(struct system *system);

    /* Milliseconds of a clock that never jumps, for deadlines. */
    int64_t (*monotonic)(struct system *system);

    /* Fills `bytes` from the kernel's generator. Fails with ERROR_INTERNAL. */
    bool (*random)(struct system *system, void *bytes, size_t length, struct error *err);

    /* Waits that many milliseconds. */
    void (*sleep)(struct system *system, int64_t duration);
};

/* The real one; static, never freed. */
struct system *system_real(void);
