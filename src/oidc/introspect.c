#include "oidc/introspect.h"

#include "codec/url.h"

static const char what[] = "introspecting the token";

struct json *introspect(const struct oidc *oidc, const struct provider *provider, const struct client *client,
                        const struct secret *token, struct error *err)
{
    _cleanup_buffer_ struct buffer form = BUFFER(TOKEN_FORM_MAXIMUM);
    _cleanup_http_response_ struct http_response response = HTTP_RESPONSE_EMPTY;
    struct json *claims;

    if (!provider->introspection_endpoint) {
        error_set(err, ERROR_PROTOCOL, "%s has no introspection endpoint", provider->issuer);
        return NULL;
    }
    if (!form_append_secret(&form, "token", token, err) ||
        !token_endpoint_post(oidc, provider->introspection_endpoint, client, &form, &response, NULL, err))
        return NULL;
    if (response.status != 200) {
        oauth_error_read(what, &response, NULL, err);
        return NULL;
    }
    claims = json_parse(buffer_text(&response.body), response.body.length, err);
    if (claims && json_is_boolean(json_member(claims, "active")))
        return claims;
    if (claims)
        error_set(err, ERROR_PROTOCOL, "\"active\" must be a boolean");
    json_free(&claims);
    error_context(err, "%s", what);
    return NULL;
}
