/* Short names for long ones. No defense against somebody who looks for two that collide. */
#pragma once

#include <stdint.h>

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* FNV-1a of `text` and its NUL, going on from `value`, which is HASH_START or what came out before. */
uint64_t hash_text(uint64_t value, const char *text);
