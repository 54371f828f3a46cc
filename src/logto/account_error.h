/*
 * What Logto's Account API and Verification API answer when they refuse: {"code","message"}, where only the
 * code counts. The message of a connector's error can repeat an authorization code, so none is ever shown.
 */
#pragma once

#include "net/http.h"

/* The refusals that this program distinguishes. */
enum account_error_kind {
    ACCOUNT_UNAUTHORIZED,      /* the access token isn't valid, or no opaque one */
    ACCOUNT_FORBIDDEN,         /* the access token lacks a scope */
    ACCOUNT_CENTER_DISABLED,   /* for the whole tenant */
    ACCOUNT_TOKEN_NOT_FOUND,   /* nothing is stored: not linked, no token storage, or no sign-in since */
    ACCOUNT_TOKEN_EXPIRED,     /* and there is no refresh token */
    ACCOUNT_CONNECTOR_REFUSED, /* the other provider refused */
    ACCOUNT_CONNECTOR_UNKNOWN, /* no connector of the tenant has that id */
    ACCOUNT_OTHER_TARGET,      /* the connector's */
    ACCOUNT_RECORD_NOT_FOUND,  /* the verification has expired */
    ACCOUNT_OTHER_IDENTITY,    /* the verified identity isn't linked to the user */
    ACCOUNT_STORAGE_DISABLED,  /* the connector stores no tokens */
    ACCOUNT_OTHER
};

#define ACCOUNT_ERROR_CODE_SIZE 128

struct account_error {
    enum account_error_kind kind;
    char code[ACCOUNT_ERROR_CODE_SIZE]; /* "auth.forbidden"; "" when there is none that can be shown */
};

struct account_error account_error_read(const struct http_response *response);
