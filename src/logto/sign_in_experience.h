/*
 * The sign-in experience: how a tenant lets users sign in, which it publishes at ENDPOINT and this path. Only
 * connectors that are switched on are in it.
 */
#pragma once

#include "base/list.h"
#include "codec/json.h"

#define LOGTO_SIGN_IN_EXPERIENCE_PATH "/api/.well-known/sign-in-exp"

struct sign_in_experience {
    struct list targets; /* of the social connectors, as direct_sign_in names them */
    struct list ids;     /* of the same connectors, in the same order; "" when unknown */
    struct list sso;     /* ids of the enterprise connectors */
};

#define SIGN_IN_EXPERIENCE_EMPTY                                                                             \
    {                                                                                                        \
        LIST_EMPTY, LIST_EMPTY, LIST_EMPTY                                                                   \
    }
#define _cleanup_sign_in_experience_ _cleanup_(sign_in_experience_release)

/* Reads the published document. Fails with ERROR_PROTOCOL when it is no such document. */
bool sign_in_experience_read(const struct json *document, struct sign_in_experience *out, struct error *err);

/* Whether `connector`, as in sign_in_parameter.h, is switched on; compared as Logto does, byte by byte. */
bool sign_in_experience_offers(const struct sign_in_experience *experience, const char *connector);

/* The id of the social connector `target`, or NULL. */
const char *sign_in_experience_id(const struct sign_in_experience *experience, const char *target);

/* "google, github, sso:ID" for messages, "none" when there is none; the caller frees it. */
char *sign_in_experience_names(const struct sign_in_experience *experience);

void sign_in_experience_release(struct sign_in_experience *experience);
