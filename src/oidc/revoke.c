#include "oidc/revoke.h"

#include "codec/url.h"

bool revoke_refresh_token(const struct oidc *oidc, const struct provider *provider,
                          const struct client *client, const struct secret *refresh_token, struct error *err)
{
    _cleanup_buffer_ struct buffer form = BUFFER(TOKEN_FORM_MAXIMUM);
    _cleanup_http_response_ struct http_response response = HTTP_RESPONSE_EMPTY;

    if (!provider->revocation_endpoint)
        return error_set(err, ERROR_PROTOCOL, "%s has no revocation endpoint", provider->issuer);
    if (!form_append_secret(&form, "token", refresh_token, err) ||
        !form_append(&form, "token_type_hint", "refresh_token", err) ||
        !token_endpoint_post(oidc, provider->revocation_endpoint, client, &form, &response, NULL, err))
        return false;
    return response.status == 200 || oauth_error_read("revoking the session", &response, NULL, err);
}
