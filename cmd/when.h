/* Times relative to now. */
#pragma once

#include <stdint.h>

/*
 * "in 59 minutes (2026-11-22 22:30:00 +01:00)", "3 minutes ago (…)", in the zone of the user, or in "UTC"
 * where TZ names none; the caller frees it. Unix seconds.
 */
char *when_describe(int64_t time, int64_t now);
