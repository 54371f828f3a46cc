#include "crypto/algorithm.h"

#include "base/memory.h"

#include <string.h>

static const struct algorithm algorithms[] = {
    {"RS256", "SHA256", KEY_RSA, false},  {"PS256", "SHA256", KEY_RSA, true},
    {"ES256", "SHA256", KEY_P256, false}, {"ES384", "SHA384", KEY_P384, false},
    {"ES512", "SHA512", KEY_P521, false},
};

const struct algorithm *algorithm_find(const char *name)
{
    for (size_t i = 0; name && i < ARRAY_SIZE(algorithms); i++)
        if (strcmp(algorithms[i].name, name) == 0)
            return &algorithms[i];
    return NULL;
}
