#include "base/environment.h"

#include <stddef.h>
#include <stdlib.h>

const char *environment_value(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}
