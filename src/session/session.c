#include "session/session.h"

#include <stdlib.h>
#include <string.h>

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

void session_remove_resource(struct session *session, const char *resource)
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

void session_drop_tokens(struct session *session)
{
    while (session->token_count)
        remove_token(session, session->token_count - 1);
}

void session_release(struct session *session)
{
    session_drop_tokens(session);
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
    json_free(&session->organizations);
    *session = (struct session)SESSION_EMPTY;
}
