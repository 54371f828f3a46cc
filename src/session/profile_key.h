/* The keys of a profile as `logto profile set` takes them: names, types and validation. */
#pragma once

#include "codec/json.h"

#include <stdbool.h>

/* All keys, separated by '|', for messages and completions. */
#define PROFILE_KEYS                                                                                         \
    "endpoint|appId|deviceAppId|scopes|resources|organizations|connector|port|store|passphraseCache|"        \
    "insecureHttp|warm|googleScopes"

/*
 * Sets `key` in the profile's object: lists are separated by blanks or commas, switches are
 * true or false, apps, scopes and resources are visible ASCII. Fails with ERROR_USAGE for an
 * unknown key or an invalid value; then the object is unchanged.
 */
bool profile_key_set(struct json *object, const char *key, const char *text, struct error *err);

/*
 * Removes `key` from the object, so that its default applies. Fails with ERROR_USAGE for an unknown key.
 */
bool profile_key_unset(struct json *object, const char *key, struct error *err);
