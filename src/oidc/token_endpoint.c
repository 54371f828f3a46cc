#include "oidc/token_endpoint.h"

#include "codec/bearer.h"
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

static bool post(const struct oidc *oidc, struct http_request *request, const struct client *client,
                 struct buffer *form, struct http_response *response, bool *delivered, struct error *err)
{
    _cleanup_secret_ struct secret *basic = NULL;

    if (client->secret && !(basic = basic_credentials(client, err)))
        return false;
    if (!client->secret && !form_append(form, "client_id", client->id, err))
        return false;
    request->form = form;
    request->basic = basic;
    return oidc_send(oidc, request, response, delivered, err);
}

bool token_endpoint_post(const struct oidc *oidc, const char *url, const struct client *client,
                         struct buffer *form, struct http_response *response, bool *delivered,
                         struct error *err)
{
    struct http_request request = {.url = url};

    return post(oidc, &request, client, form, response, delivered, err);
}

/* A missing token and, but for the access token, an empty one is NULL. */
static bool read_token(const struct json *body, const char *name, struct secret **out, struct error *err)
{
    const struct json *member = json_member(body, name);
    const char *text = json_text(member);

    if (!member || (text && !*text))
        return true;
    if (!text || !token_is_well_formed(text))
        return error_set(err, ERROR_PROTOCOL, "the token response has a malformed %s", name);
    *out = secret_from_text(text);
    return true;
}

static bool check_type(const struct json *body, struct error *err)
{
    const char *type = json_string(body, "token_type");

    return (type && strcasecmp(type, "Bearer") == 0) ||
           error_set(err, ERROR_PROTOCOL, "unexpected token_type %s in the token response, expected Bearer",
                     type ? type : "(none)");
}

static bool read_tokens(const struct json *body, struct token_response *response, struct error *err)
{
    /* First: it is kept even when the rest is refused. */
    if (!read_token(body, "refresh_token", &response->refresh_token, err) ||
        !read_token(body, "access_token", &response->access_token, err) ||
        !read_token(body, "id_token", &response->id_token, err))
        return false;
    if (!response->access_token)
        return error_set(err, ERROR_PROTOCOL, "the token response has no access_token");
    response->scope = memory_duplicate(json_string(body, "scope"));
    if (!json_integer(body, "expires_in", &response->expires_in) || response->expires_in < 0)
        response->expires_in = 0;
    return check_type(body, err);
}

static bool read_response(const struct http_response *http, const char *what, struct token_response *out,
                          struct token_failure *failure, struct error *err)
{
    _cleanup_token_response_ struct token_response response = TOKEN_RESPONSE_EMPTY;
    _cleanup_json_ struct json *body = NULL;

    failure->lost = false;
    if (http->status != 200)
        return oauth_error_read(what, http, &failure->oauth, err);
    body = json_parse(buffer_text(&http->body), http->body.length, err);
    failure->lost = !body;
    if (!body || !read_tokens(body, &response, err)) {
        failure->refresh_token = TAKE(response.refresh_token);
        return error_context(err, "%s", what);
    }
    *out = response;
    response = (struct token_response)TOKEN_RESPONSE_EMPTY;
    return true;
}

bool token_endpoint_request(const struct oidc *oidc, const struct provider *provider,
                            const struct client *client, const char *what, struct buffer *form,
                            struct token_response *out, struct token_failure *failure, struct error *err)
{
    _cleanup_http_response_ struct http_response response = HTTP_RESPONSE_EMPTY;
    _cleanup_token_failure_ struct token_failure discarded = {.lost = false};
    /* A code or a refresh token that is sent twice can cost the session. */
    struct http_request request = {.url = provider->token_endpoint, .once = true};

    if (!failure)
        failure = &discarded;
    if (!provider->token_endpoint)
        return error_set(err, ERROR_PROTOCOL, "%s: %s has no token endpoint", what, provider->issuer);
    if (!post(oidc, &request, client, form, &response, &failure->lost, err))
        return error_context(err, "%s", what);
    failure->lost = false;
    return read_response(&response, what, out, failure, err);
}

void token_failure_release(struct token_failure *failure)
{
    secret_free(&failure->refresh_token);
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
