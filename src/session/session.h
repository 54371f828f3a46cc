/*
 * What a sign-in left behind for one profile: refresh token, ID token, access tokens. Kept in a store as one
 * JSON text, read and written whole.
 */
#pragma once

#include "base/list.h"
#include "base/secret.h"
#include "codec/json.h"
#include "session/context.h"

#include <stdbool.h>
#include <stdint.h>

/* An access token and what it is good for. */
struct access_token {
    struct secret *token;
    char *resource;        /* the API it is for, or NULL: Logto's own opaque one */
    char *organization_id; /* or NULL */
    char *asked_scope;  /* the narrower scope asked for, sorted, space-separated; "" for everything granted */
    char *scope;        /* as granted; or NULL */
    int64_t expires_at; /* Unix seconds */
};

struct session {
    char *profile;
    char *endpoint;
    char *issuer;
    char *app_id;
    struct secret *app_secret;    /* of a confidential app; NULL for a public one */
    struct secret *refresh_token; /* NULL when Logto gave none */
    struct secret *id_token;
    struct json *claims;   /* of the ID token, which was verified before it was stored */
    struct list scopes;    /* what can be asked for without a new sign-in */
    struct list resources; /* named at authorization */
    int64_t signed_in_at;  /* Unix seconds */
    struct access_token *tokens;
    size_t token_count;
};

#define _cleanup_access_token_ _cleanup_(access_token_release)

void access_token_release(struct access_token *token);

#define SESSION_EMPTY                                                                                        \
    {                                                                                                        \
        .profile = NULL                                                                                      \
    }
#define _cleanup_session_ _cleanup_(session_release)

/* Access tokens kept for one session; the one that expires first makes room. */
#define SESSION_TOKENS_MAXIMUM 32

/*
 * Whether the profile says enough to name a session. Fails with ERROR_CONFIG; with ERROR_NOT_SIGNED_IN if
 * it says nothing.
 */
bool session_check_profile(const struct context *context, struct error *err);

/*
 * The session of the context's profile. Fails with ERROR_CONFIG (endpoint or app unknown),
 * ERROR_NOT_SIGNED_IN, or as the store does. session_find() leaves *found false instead of failing when there
 * is none.
 */
bool session_load(struct context *context, struct session *out, struct error *err);
bool session_find(struct context *context, struct session *out, bool *found, struct error *err);

/* Whether the profile's store answers, whatever it holds. Fails as the store does. */
bool session_check_store(struct context *context, struct error *err);

/* Replaces what the store holds for this session's profile. */
bool session_save(struct context *context, const struct session *session, struct error *err);

/* Removes the context's session from the store; an absent one is fine. */
bool session_forget(struct context *context, struct error *err);

/*
 * Takes the session's lock, so that only one process at a time refreshes, replaces or removes it. Waits up to
 * a minute. Release with file_unlock(). Fails with ERROR_IO.
 */
bool session_lock(struct context *context, int *lock, struct error *err);

/* Keeps a copy of the token's fields in place of one for the same resource, organization and asked scope. */
struct access_token *session_put_token(struct session *session, const char *resource,
                                       const char *organization_id, const char *asked_scope);

/* The access token for exactly this, however old, or NULL. */
struct access_token *session_find_token(const struct session *session, const char *resource,
                                        const char *organization_id, const char *asked_scope);

/* Stops covering `resource` and drops its access tokens. */
void session_drop_resource(struct session *session, const char *resource);

/* When the plain access token ends, Unix seconds; 0 when there is none. */
int64_t session_expires_at(const struct session *session);

/* The text form, for the store. session_decode() fails with ERROR_STORE_UNAVAILABLE when it isn't one. */
struct secret *session_encode(const struct session *session);
bool session_decode(const struct secret *text, struct session *out, struct error *err);

void session_release(struct session *session);
