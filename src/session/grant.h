/* Moving granted tokens into a session, after a sign-in or a refresh. */
#pragma once

#include "oidc/id_token.h"
#include "oidc/token_endpoint.h"
#include "session/access_request.h"
#include "session/session.h"

/*
 * Takes access and refresh token over from `response`, as far as it has them: a refresh token that the
 * session has stays when the response brings none. `request` says what the access token was asked for, `now`
 * is in Unix seconds.
 */
void grant_take_tokens(struct session *session, const struct access_request *request,
                       struct token_response *response, int64_t now);

/*
 * Verifies `id_token` and replaces the one of the session. Fails as id_token_verify(); the session is then
 * unchanged.
 */
bool grant_take_id_token(struct session *session, const struct oidc *oidc, const struct provider *provider,
                         const struct secret *id_token, const struct id_token_expectation *expected,
                         struct error *err);

/* The scopes of `request` as sessions index them: sorted, separated by spaces. The caller frees it. */
char *grant_asked_scope(const struct access_request *request);
