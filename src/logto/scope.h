/* The scopes and resources that Logto itself defines (docs.logto.io, "Reserved scopes and resources"). */
#pragma once

#include "base/list.h"

#include <stdbool.h>

#define LOGTO_SCOPE_ORGANIZATIONS "urn:logto:scope:organizations"
#define LOGTO_RESOURCE_ORGANIZATIONS "urn:logto:resource:organizations"
#define LOGTO_AUDIENCE_ORGANIZATION "urn:logto:organization:" /* followed by the organization's id */

/* Adds what every sign-in asks for: openid offline_access profile email. */
void logto_add_default_scopes(struct list *scopes);

/* Adds what organization tokens need: a scope, and a resource for permissions. */
void logto_add_organizations(struct list *scopes, struct list *resources);

/* Whether the scope is one of Logto's or OpenID's own rather than an API's. */
bool logto_scope_is_reserved(const char *scope);
