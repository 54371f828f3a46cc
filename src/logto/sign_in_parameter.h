/*
 * Logto's own authorization parameters. Logto silently ignores all of them when one has an invalid value, so
 * they are checked here.
 */
#pragma once

#include "base/buffer.h"

#include <stdbool.h>

struct logto_sign_in {
    const char *connector; /* a social connector's target ("google") or "sso:ID"; "" or NULL for none */
    bool sign_up;          /* start at the registration page */
};

/* What an enterprise connector's id begins with where any connector can be named. */
#define LOGTO_CONNECTOR_SSO "sso:"

/* The id in the name of an enterprise connector, part of it; NULL for a social one. */
const char *logto_connector_sso_id(const char *connector);

/* Whether `connector` is a valid name. Fails with ERROR_USAGE. */
bool logto_connector_check(const char *connector, struct error *err);

/* Appends direct_sign_in and first_screen, form-encoded. */
bool logto_sign_in_append(const struct logto_sign_in *sign_in, struct buffer *form, struct error *err);
