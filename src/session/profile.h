/* A profile: a name for an endpoint, an app, and what to ask for. Never holds a secret. */
#pragma once

#include "base/list.h"
#include "codec/json.h"

#include <stdbool.h>
#include <stdint.h>

#define PROFILE_DEFAULT_PORT 3000
#define PROFILE_DEFAULT_PASSPHRASE_CACHE 900
#define PROFILE_DEFAULT_CONNECTOR "google"

struct profile {
    char *name;
    bool is_default;     /* the one in use when none is named */
    char *endpoint;      /* canonical, see logto/endpoint.h; NULL when not configured */
    char *issuer;        /* endpoint + "/oidc"; NULL with it */
    char *app_id;        /* NULL when not configured */
    char *device_app_id; /* or NULL */
    struct list scopes;  /* beyond the default ones */
    struct list resources;
    struct list google_scopes; /* asked of Google beyond the connector's own */
    bool organizations;
    char *connector; /* as logto/sign_in_parameter.h has it; "" for none */
    uint16_t port;
    char *store;
    int64_t passphrase_cache; /* seconds, 0 to 7200: for how long a typed passphrase is not asked for again */
    char *stale_store; /* where a move may have left a copy of the session, see store_move.h; or NULL */
    bool insecure_http;
    bool warm; /* tokens may be kept outside the store as well, see warm.h */
};

#define PROFILE_EMPTY                                                                                        \
    {                                                                                                        \
        .port = 0                                                                                            \
    }
#define _cleanup_profile_ _cleanup_(profile_release)

/* Letters, digits, '.', '_' and '-', 64 at most, so that it can be a file name. Fails with ERROR_USAGE. */
bool profile_check_name(const char *name, struct error *err);

/*
 * Reads the config file's object (NULL: an empty one) into a profile with defaults for missing members.
 * Fails with ERROR_CONFIG naming the key that is wrong.
 */
bool profile_read(const char *name, const struct json *object, struct profile *out, struct error *err);

/* Writes the profile into the object; unknown members are unchanged. */
void profile_write(const struct profile *profile, struct json *object);

/* Replaces the endpoint and with it the issuer. Fails with ERROR_CONFIG. */
bool profile_set_endpoint(struct profile *profile, const char *text, struct error *err);

/* Replaces one of the profile's strings by a copy of `text`. */
void profile_set_text(char **member, const char *text);

/*
 * The app that names the profile's session in its store: the app for the browser, or, where the profile has
 * only that, the app for the device flow. NULL when it has neither. Which of the two the tokens belong to is
 * in the session itself.
 */
const char *profile_app(const struct profile *profile);

/* Whether the two say another endpoint or app: then the session of `from` is none of `to`. */
bool profile_is_moved(const struct profile *from, const struct profile *to);

void profile_release(struct profile *profile);
