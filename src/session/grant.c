#include "session/grant.h"

char *grant_asked_scope(const struct access_request *request)
{
    _cleanup_list_ struct list scopes = LIST_EMPTY;

    list_add_all(&scopes, &request->scopes);
    list_sort(&scopes);
    return list_join(&scopes, " ");
}

void grant_take_tokens(struct session *session, const struct access_request *request,
                       struct token_response *response, int64_t now)
{
    _cleanup_free_ char *asked = grant_asked_scope(request);
    struct access_token *token;

    if (response->access_token) {
        token = session_put_token(session, request->resource, request->organization_id, asked);
        token->token = TAKE(response->access_token);
        token->scope = TAKE(response->scope);
        token->expires_at = now + response->expires_in;
    }
    if (response->refresh_token) {
        secret_free(&session->refresh_token);
        session->refresh_token = TAKE(response->refresh_token);
    }
}

bool grant_take_id_token(struct session *session, const struct oidc *oidc, const struct provider *provider,
                         const struct secret *id_token, const struct id_token_expectation *expected,
                         struct error *err)
{
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;

    if (!id_token_verify(oidc, provider, id_token, expected, &jwt, err))
        return false;
    secret_free(&session->id_token);
    session->id_token = secret_copy(id_token);
    json_free(&session->claims);
    session->claims = TAKE(jwt.claims);
    return true;
}
