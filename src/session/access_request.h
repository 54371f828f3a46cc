/* Which access token is requested. */
#pragma once

#include "base/list.h"

#include <stdbool.h>
#include <stdint.h>

/* Of min_ttl: a minute, or less where Logto's tokens live shorter. */
#define ACCESS_TTL_DEFAULT ((int64_t)-1)

struct access_request {
    const char *resource;        /* the API, or NULL for Logto's opaque token */
    const char *organization_id; /* or NULL; in the options of a command it may be a name (organization.h) */
    struct list scopes;          /* narrower than granted; empty: all */
    int64_t min_ttl;             /* seconds that the token must still be valid, or ACCESS_TTL_DEFAULT */
    bool force;                  /* refresh even if the present one is valid */
};
