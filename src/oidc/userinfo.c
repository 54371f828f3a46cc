#include "oidc/userinfo.h"

#include "oidc/oauth_error.h"

#include <string.h>

static bool check_response(const struct http_response *response, struct error *err)
{
    if (response->status == 200)
        return true;
    oauth_error_read("fetching the user's claims", response, NULL, err);
    if (response->status == 401)
        error_change_code(err, ERROR_SESSION_ENDED);
    return false;
}

struct json *userinfo_fetch(const struct oidc *oidc, const struct provider *provider,
                            const struct secret *access_token, const char *subject, struct error *err)
{
    _cleanup_http_response_ struct http_response response = HTTP_RESPONSE_EMPTY;
    struct http_request request = {.url = provider->userinfo_endpoint, .bearer = access_token};
    struct json *claims;
    const char *sub;

    if (!provider->userinfo_endpoint) {
        error_set(err, ERROR_PROTOCOL, "%s has no userinfo endpoint", provider->issuer);
        return NULL;
    }
    if (!oidc_send(oidc, &request, &response, NULL, err) || !check_response(&response, err))
        return NULL;
    claims = json_parse(buffer_text(&response.body), response.body.length, err);
    if (!claims) {
        error_context(err, "fetching the user's claims");
        return NULL;
    }
    sub = json_string(claims, "sub");
    if (sub && strcmp(sub, subject) == 0)
        return claims;
    json_free(&claims);
    error_set(err, ERROR_PROTOCOL, "the userinfo response is about another user ('sub')");
    return NULL;
}
