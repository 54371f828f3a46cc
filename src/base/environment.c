#include "base/environment.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const char *const credentials[] = {
    "LOGTO_ACCESS_TOKEN",
    "LOGTO_APP_SECRET",
    "LOGTO_PASSPHRASE",
    "LOGTO_PAT",
};

const char *environment_value(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

bool environment_is_credential(const char *variable)
{
    size_t length = strcspn(variable, "=");

    for (size_t i = 0; i < ARRAY_SIZE(credentials); i++)
        if (strlen(credentials[i]) == length && memcmp(variable, credentials[i], length) == 0)
            return true;
    return false;
}

void environment_remove_credentials(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(credentials); i++)
        unsetenv(credentials[i]);
}
