/*
 * The result of a sign-in for one profile: refresh token, ID token, access tokens. Pure data;
 * session_store.h reads and writes it.
 */
#pragma once

#include "base/list.h"
#include "base/secret.h"
#include "codec/json.h"

#include <stdint.h>

/* An access token and what it was requested for. */
struct access_token {
    struct secret *token;
    char *resource;        /* the API it is for, or NULL: Logto's own opaque one */
    char *organization_id; /* or NULL */
    char *asked_scope; /* the narrower scope asked for, sorted, space-separated; "" for all that is granted */
    char *scope;       /* as granted; or NULL */
    int64_t expires_at; /* Unix seconds */
};

#define _cleanup_access_token_ _cleanup_(access_token_release)

void access_token_release(struct access_token *token);

struct session {
    char *profile;
    char *endpoint;
    char *issuer;
    char *app_id;
    struct secret *app_secret;    /* of a confidential app; NULL for a public one */
    struct secret *refresh_token; /* NULL when Logto returned none */
    struct secret *id_token;
    bool machine;        /* of an app by itself: an app secret, no user, no refresh token, no ID token */
    struct json *claims; /* of the ID token, which was verified before it was stored */
    bool
        unproven; /* a refresh brought an ID token that was refused: no token is used until one is verified */
    struct list scopes;         /* what can be requested without a new sign-in */
    struct list resources;      /* named at authorization */
    struct json *organizations; /* as organization.h has them; NULL: never asked for */
    int64_t signed_in_at;       /* Unix seconds */
    struct access_token *tokens;
    size_t token_count;
};

#define SESSION_EMPTY                                                                                        \
    {                                                                                                        \
        .profile = NULL                                                                                      \
    }
#define _cleanup_session_ _cleanup_(session_release)

/* Access tokens kept for one session; the one that expires first is replaced. */
#define SESSION_TOKENS_MAXIMUM 32

/* Adds an access token without a value, replacing one for the same resource, organization and scope. */
struct access_token *session_put_token(struct session *session, const char *resource,
                                       const char *organization_id, const char *asked_scope);

/* The access token for exactly this, however old, or NULL. */
struct access_token *session_find_token(const struct session *session, const char *resource,
                                        const char *organization_id, const char *asked_scope);

/* Removes `resource` and its access tokens. */
void session_remove_resource(struct session *session, const char *resource);

/* Drops all access tokens. */
void session_drop_tokens(struct session *session);

/* When the opaque access token expires, Unix seconds; 0 when there is none. */
int64_t session_expires_at(const struct session *session);

void session_release(struct session *session);
