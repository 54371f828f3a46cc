/* Times in words, relative to now. */
#pragma once

#include <stdint.h>

/* Long enough for any time. */
#define DURATION_SIZE 40

/*
 * Writes "in 59 minutes", "1 second ago" or "now" into `out`, in the largest unit of which there are at
 * least two, rounded down. Both in Unix seconds, within the range of json_integer().
 */
void duration_describe(int64_t time, int64_t now, char out[DURATION_SIZE]);

/* Writes "59 minutes" in the same way; `seconds` is at least 0. */
void duration_length(int64_t seconds, char out[DURATION_SIZE]);
