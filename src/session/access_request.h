/* Which access token is wanted, and how good it must be. */
#pragma once

#include "base/list.h"

#include <stdbool.h>
#include <stdint.h>

struct access_request {
    const char *resource;        /* the API, or NULL for Logto's opaque token */
    const char *organization_id; /* or NULL */
    struct list scopes;          /* narrower than granted; empty: all */
    int64_t min_ttl;             /* seconds that the token must still be good for */
    bool force;                  /* refresh even if the present one is good */
};
