#include "oidc/token_endpoint.h"

#include "codec/json.h"
#include "codec/url.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* RFC 6749, 2.3.1: id and secret are form-encoded before they become user name and password. */
static struct secret *basic_credentials(const struct client *client, struct error *err)
{
    _cleanup_buffer_ struct buffer text = BUFFER(4096);

    if (!form_encode(&text, client->id, strlen(client->id), err) || !buffer_append_text(&text, ":", err) ||
        !form_encode(&text, secret_text(client->secret), secret_length(client->secret), err))
        return NULL;
    return secret_new(text.data, text.length);
}

bool token_endpoint_post(const struct oidc *oidc, const char *url, const struct client *client,
                         struct buffer *form, struct http_response *response, bool *delivered,
                         struct error *err)
{
    _cleanup_secret_ struct secret *basic = NULL;
    struct http_request request = {.url = url, .form = form};

    if (client->secret && !(basic = basic_credentials(client, err)))
        return false;
    if (!client->secret && !form_append(form, "client_id", client->id, err))
        return false;
    request.basic = basic;
    return oidc_send(oidc, &request, response, delivered, err);
}

static bool read_tokens(const struct json *body, struct token_response *out, struct error *err)
{
    const char *access_token = json_string(body, "access_token");
    const char *token_type = json_string(body, "token_type");

    if (!access_token || !*access_token)
        return error_set(err, ERROR_PROTOCOL, "the token response has no access_token");
    if (!token_type || strcasecmp(token_type, "Bearer") != 0)
        return error_set(err, ERROR_PROTOCOL, "the token response has the token type %s, not Bearer",
                         token_type ? token_type : "(none)");
    out->access_token = secret_from_text(access_token);
    out->refresh_token = secret_from_text(json_string(body, "refresh_token"));
    out->id_token = secret_from_text(json_string(body, "id_token"));
    out->scope = memory_duplicate(json_string(body, "scope"));
    if (!json_integer(body, "expires_in", &out->expires_in) || out->expires_in < 0)
        out->expires_in = 0;
    return true;
}

bool token_endpoint_request(const struct oidc *oidc, const struct provider *provider,
                            const struct client *client, const char *what, struct buffer *form,
                            struct token_response *out, struct token_failure *failure, struct error *err)
{
    _cleanup_http_response_ struct http_response response = HTTP_RESPONSE_EMPTY;
    _cleanup_json_ struct json *body = NULL;
    struct token_failure unused;

    if (!failure)
        failure = &unused;
    *failure = (struct token_failure){0};
    if (!provider->token_endpoint)
        return error_set(err, ERROR_PROTOCOL, "%s: %s has no token endpoint", what, provider->issuer);
    if (!token_endpoint_post(oidc, provider->token_endpoint, client, form, &response, &failure->delivered,
                             err))
        return error_context(err, "%s", what);
    failure->delivered = true;
    if (response.status != 200)
        return oauth_error_read(what, &response, &failure->oauth, err);
    body = json_parse(buffer_text(&response.body), response.body.length, err);
    return (body && read_tokens(body, out, err)) || error_context(err, "%s", what);
}

bool token_endpoint_exchange_code(const struct oidc *oidc, const struct provider *provider,
                                  const struct client *client, const struct code_grant *grant,
                                  struct token_response *out, struct token_failure *failure,
                                  struct error *err)
{
    _cleanup_buffer_ struct buffer form = BUFFER(TOKEN_FORM_MAXIMUM);

    return form_append(&form, "grant_type", "authorization_code", err) &&
           form_append_secret(&form, "code", grant->code, err) &&
           form_append(&form, "redirect_uri", grant->redirect_uri, err) &&
           form_append_secret(&form, "code_verifier", grant->code_verifier, err) &&
           token_endpoint_request(oidc, provider, client, "exchanging the code for tokens", &form, out,
                                  failure, err);
}

void token_response_release(struct token_response *response)
{
    secret_free(&response->access_token);
    secret_free(&response->refresh_token);
    secret_free(&response->id_token);
    free(response->scope);
    response->scope = NULL;
}
