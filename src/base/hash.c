#include "base/hash.h"

uint64_t hash_text(uint64_t value, const char *text)
{
    do
        value = (value ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    while (*text++);
    return value;
}
