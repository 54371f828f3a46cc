/*
 * What Logto's authorization endpoint understands beyond OpenID Connect. Logto drops all of these silently
 * when one has an invalid value, so the values are checked here.
 */
#pragma once

#include "base/buffer.h"

#include <stdbool.h>

struct logto_sign_in {
    const char
        *connector; /* social connector's target ("google"), "sso:ID" for enterprise SSO; "" or NULL: none */
    bool sign_up;   /* start at the registration page */
};

/* Whether `connector` has a form that Logto understands. Fails with ERROR_USAGE. */
bool logto_connector_check(const char *connector, struct error *err);

/* Appends direct_sign_in and first_screen, form-encoded. */
bool logto_sign_in_append(const struct logto_sign_in *sign_in, struct buffer *form, struct error *err);
