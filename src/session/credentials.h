/*
 * The credentials of the environment, LOGTO_APP_SECRET and LOGTO_PAT, and the one rule for whom they are
 * meant: the issuer of LOGTO_ENDPOINT, without it the profile's. Nobody else gets to see them.
 */
#pragma once

#include "base/secret.h"

#include <stdbool.h>

/*
 * Each gives the secret if there is one and `issuer` is the one it is meant for, else NULL; the caller frees
 * it. `own_issuer` is that of the profile as configuration and environment have it (cmd/setup.h), before any
 * option names another; with NULL nobody is meant.
 */
struct secret *credentials_app_secret(const char *own_issuer, const char *issuer);
struct secret *credentials_personal_token(const char *own_issuer, const char *issuer);

/* Whether they are meant for `issuer`. */
bool credentials_are_for(const char *own_issuer, const char *issuer);
