/*
 * Which access token is wanted: the options that `token` and `exec` share, and getting it from wherever it
 * comes.
 */
#pragma once

#include "cmd/option.h"
#include "session/session.h"

struct wish {
    const char *resource;
    const char *organization;
    struct list scopes;
    int64_t min_ttl; /* seconds */
    bool refresh;
};

/* The shared rows of an option table; the struct's member must be named `wish`. */
#define WISH_OPTIONS(structure)                                                                              \
    OPTION_TEXT(structure, wish.resource, "resource", "URI",                                                 \
                "a JWT for this API instead of an opaque token"),                                            \
        OPTION_TEXT(structure, wish.organization, "organization", "ID", "a token for this organization"),    \
        OPTION_LIST(structure, wish.scopes, "scope", "SCOPE",                                                \
                    "only this scope of what is granted; may be repeated"),                                  \
        OPTION_INTEGER(structure, wish.min_ttl, "min-ttl", "SECONDS",                                        \
                       "it must be good for this long (default: 60)", 0, 86400, 60),                         \
        OPTION_FLAG(structure, wish.refresh, "refresh", "get a new one even if the one at hand is good")

/*
 * Whether the environment says who asks (LOGTO_PAT, or LOGTO_APP_ID with LOGTO_APP_SECRET), so that no
 * session is needed.
 */
bool wish_is_machine(void);

/*
 * The access token, from the session or, for a machine, from Logto; `out` is the caller's to release. Fails
 * as session_access_token() and machine_token() do.
 */
bool wish_fulfil(struct context *context, const struct wish *wish, struct access_token *out,
                 struct error *err);
