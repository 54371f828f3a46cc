/* The keys of a profile as `logto profile set` takes them: names, types, and checking what a person typed. */
#pragma once

#include "codec/json.h"

#include <stdbool.h>

/* All keys, separated by '|', for messages and completions. */
#define PROFILE_KEYS                                                                                         \
    "endpoint|appId|deviceAppId|scopes|resources|organizations|connector|port|store|insecureHttp"

/*
 * Puts `text` under `key` into the profile's object: lists are separated by blanks or commas, switches are
 * true or false. Fails with ERROR_USAGE for a key that doesn't exist or a value that doesn't fit; then the
 * object is as it was.
 */
bool profile_key_set(struct json *object, const char *key, const char *text, struct error *err);

/*
 * Takes `key` out of the object, so that its default holds again. Fails with ERROR_USAGE for a key that
 * doesn't exist.
 */
bool profile_key_unset(struct json *object, const char *key, struct error *err);
