/*
 * The credentials of the environment, the app's secret and LOGTO_PAT, and the one rule for whom they are
 * meant: the issuer of LOGTO_ENDPOINT, without it the profile's. Nobody else gets to see them.
 */
#pragma once

#include "base/error.h"
#include "base/secret.h"

#include <stdbool.h>

/*
 * The secret if there is one and `issuer` is the one it is meant for, else NULL; the caller frees it.
 * `own_issuer` is that of the profile as configuration and environment have it (cmd/setup.h), before any
 * option names another; with NULL nobody is meant. The app's is in the file LOGTO_APP_SECRET_FILE, otherwise
 * in LOGTO_APP_SECRET; a file that can't be used is ERROR_CONFIG.
 */
bool credentials_app_secret(const char *own_issuer, const char *issuer, struct secret **out,
                            struct error *err);
struct secret *credentials_personal_token(const char *own_issuer, const char *issuer);

/* The variable that the app's secret comes from, for whomever it is meant; NULL if none is set. */
const char *credentials_app_secret_variable(void);

/* Whether they are meant for `issuer`. */
bool credentials_are_for(const char *own_issuer, const char *issuer);
