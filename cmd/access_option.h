/* The options by which `token` and `exec` select an access token, and how they get it. */
#pragma once

#include "cmd/command.h"
#include "session/access_request.h"
#include "session/session.h"

/* The shared rows of an option table; the struct's member must be named `request`. */
#define ACCESS_OPTIONS(structure)                                                                            \
    OPTION_WORD(structure, request.resource, "resource", "URI",                                              \
                "get a JWT for this API instead of an opaque token", "@resource"),                           \
        OPTION_WORD(structure, request.organization_id, "organization", "ID|NAME",                           \
                    "get a token for this organization", "@organization"),                                   \
        OPTION_SCOPES(structure, request.scopes, "scope", "SCOPE",                                           \
                      "limit the token to this scope; may be repeated", "@scope"),                           \
        OPTION_INTEGER(structure, request.min_ttl, "min-ttl", "SECONDS",                                     \
                       "require at least this remaining lifetime (default: 60)", 0, 86400,                   \
                       ACCESS_TTL_DEFAULT),                                                                  \
        OPTION_FLAG(structure, request.force, "refresh", "refresh even if the cached token is still valid")

/* Whether the environment holds credentials (LOGTO_PAT, or LOGTO_APP_ID with its secret): no session is
 * needed then. */
bool access_is_machine(void);

/*
 * The access token, from the session or, for a machine, from Logto; `out` is the caller's to release. Fails
 * as session_access_token() and machine_token() do.
 */
bool access_obtain_token(const struct context *context, const struct access_request *request,
                         struct access_token *out, struct error *err);
