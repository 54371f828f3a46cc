/* Times relative to now. */
#pragma once

#include <stdint.h>

/*
 * "in 59 minutes (2026-11-22 22:30:00 CET)", "3 minutes ago (…)", in the user's time zone; the caller frees
 * it. Unix seconds.
 */
char *when_describe(int64_t time, int64_t now);
