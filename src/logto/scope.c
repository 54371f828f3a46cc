#include "logto/scope.h"

#include <string.h>

static const char *const defaults[] = {"openid", "offline_access", "profile", "email"};

static const char *const reserved[] = {
    "openid",
    "offline_access",
    "profile",
    "email",
    "phone",
    "address",
    "custom_data",
    "identities",
    "roles",
    LOGTO_SCOPE_ORGANIZATIONS,
    "urn:logto:scope:organization_roles",
    "urn:logto:scope:sessions",
    "urn:logto:scope:trusted_devices",
};

void logto_add_default_scopes(struct list *scopes)
{
    for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
        list_add(scopes, defaults[i]);
}

void logto_add_organizations(struct list *scopes, struct list *resources)
{
    list_add(scopes, LOGTO_SCOPE_ORGANIZATIONS);
    list_add(resources, LOGTO_RESOURCE_ORGANIZATIONS);
}

bool logto_scope_is_reserved(const char *scope)
{
    for (size_t i = 0; i < ARRAY_SIZE(reserved); i++)
        if (strcmp(reserved[i], scope) == 0)
            return true;
    return false;
}
