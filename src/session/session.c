#include "session/session.h"

#include "base/file.h"
#include "session/hint.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LOCK_PATIENCE 60000 /* ms; longer than a refresh with its retry may take */

bool session_check_profile(const struct context *context, struct error *err)
{
    const struct profile *profile = &context->profile;
    const char *missing = !profile->issuer ? "endpoint" : !profile->app_id ? "app id" : NULL;

    if (!missing)
        return true;
    if (!profile->issuer && !profile->app_id)
        error_set(err, ERROR_NOT_SIGNED_IN, "nobody is signed in: the profile '%s' is not set up yet",
                  profile->name);
    else
        error_set(err, ERROR_CONFIG, "the profile '%s' has no %s", profile->name, missing);
    return error_hint(err, "logto login --endpoint URL --app-id ID");
}

static struct store_key key_of(const struct profile *profile)
{
    return (struct store_key){profile->name, profile->issuer, profile->app_id};
}

static bool load_text(struct context *context, struct secret **text, struct error *err)
{
    struct store_key key = key_of(&context->profile);
    struct store *store;

    return session_check_profile(context, err) && (store = context_store(context, err)) &&
           store->load(store, &key, text, err);
}

bool session_check_store(struct context *context, struct error *err)
{
    _cleanup_secret_ struct secret *text = NULL;

    return load_text(context, &text, err);
}

bool session_find(struct context *context, struct session *out, bool *found, struct error *err)
{
    _cleanup_secret_ struct secret *text = NULL;

    if (!load_text(context, &text, err) || (text && !session_decode(text, out, err)))
        return false;
    *found = text != NULL;
    return true;
}

bool session_load(struct context *context, struct session *out, struct error *err)
{
    bool found;

    if (!session_find(context, out, &found, err))
        return false;
    if (found)
        return true;
    error_set(err, ERROR_NOT_SIGNED_IN, "nobody is signed in to %s with the profile '%s'",
              context->profile.endpoint, context->profile.name);
    return hint_login(context, NULL, NULL, err);
}

bool session_save(struct context *context, const struct session *session, struct error *err)
{
    struct store_key key = key_of(&context->profile);
    _cleanup_secret_ struct secret *text = session_encode(session);
    struct store *store = context_store(context, err);

    return store && store->save(store, &key, text, err);
}

bool session_forget(struct context *context, struct error *err)
{
    struct store_key key = key_of(&context->profile);
    struct store *store;

    return session_check_profile(context, err) && (store = context_store(context, err)) &&
           store->remove(store, &key, err);
}

/* FNV-1a. Only names a lock file: two sessions that collide would merely wait for each other. */
static uint64_t hash(uint64_t value, const char *text)
{
    for (; *text; text++)
        value = (value ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return value;
}

bool session_lock(struct context *context, int *lock, struct error *err)
{
    const struct profile *profile = &context->profile;
    uint64_t id = hash(hash(UINT64_C(0xcbf29ce484222325), profile->issuer), profile->app_id);
    _cleanup_free_ char *name = memory_format("%s-%016" PRIx64 ".lock", profile->name, id);
    _cleanup_free_ char *path = file_path(FILE_RUNTIME, name, err);

    return path && file_lock(path, context->system,
                             context->system->monotonic(context->system) + LOCK_PATIENCE, lock, err);
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

struct access_token *session_find_token(const struct session *session, const char *resource,
                                        const char *organization_id, const char *asked_scope)
{
    for (size_t i = 0; i < session->token_count; i++) {
        struct access_token *token = &session->tokens[i];

        if (same(token->resource, resource) && same(token->organization_id, organization_id) &&
            same(token->asked_scope, asked_scope))
            return token;
    }
    return NULL;
}

void access_token_release(struct access_token *token)
{
    secret_free(&token->token);
    free(token->resource);
    free(token->organization_id);
    free(token->asked_scope);
    free(token->scope);
    *token = (struct access_token){0};
}

static void remove_token(struct session *session, size_t index)
{
    access_token_release(&session->tokens[index]);
    session->tokens[index] = session->tokens[--session->token_count];
}

static size_t oldest_token(const struct session *session)
{
    size_t oldest = 0;

    for (size_t i = 1; i < session->token_count; i++)
        if (session->tokens[i].expires_at < session->tokens[oldest].expires_at)
            oldest = i;
    return oldest;
}

static struct access_token *add_token(struct session *session)
{
    if (session->token_count == SESSION_TOKENS_MAXIMUM)
        remove_token(session, oldest_token(session));
    session->tokens = memory_resize(session->tokens, session->token_count + 1, sizeof(*session->tokens));
    return &session->tokens[session->token_count++];
}

struct access_token *session_put_token(struct session *session, const char *resource,
                                       const char *organization_id, const char *asked_scope)
{
    struct access_token *token = session_find_token(session, resource, organization_id, asked_scope);
    struct access_token fresh = {.resource = memory_duplicate(resource),
                                 .organization_id = memory_duplicate(organization_id),
                                 .asked_scope = memory_duplicate(asked_scope)};

    if (token)
        access_token_release(token);
    else
        token = add_token(session);
    *token = fresh;
    return token;
}

void session_drop_resource(struct session *session, const char *resource)
{
    size_t kept = 0;

    for (size_t i = session->token_count; i > 0; i--)
        if (same(session->tokens[i - 1].resource, resource))
            remove_token(session, i - 1);
    for (size_t i = 0; i < session->resources.count; i++) {
        if (strcmp(session->resources.items[i], resource) == 0)
            free(session->resources.items[i]);
        else
            session->resources.items[kept++] = session->resources.items[i];
    }
    session->resources.count = kept;
}

int64_t session_expires_at(const struct session *session)
{
    const struct access_token *token = session_find_token(session, NULL, NULL, "");

    return token ? token->expires_at : 0;
}

void session_release(struct session *session)
{
    while (session->token_count)
        remove_token(session, session->token_count - 1);
    free(session->tokens);
    free(session->profile);
    free(session->endpoint);
    free(session->issuer);
    free(session->app_id);
    secret_free(&session->app_secret);
    secret_free(&session->refresh_token);
    secret_free(&session->id_token);
    json_free(&session->claims);
    list_release(&session->scopes);
    list_release(&session->resources);
    *session = (struct session)SESSION_EMPTY;
}
