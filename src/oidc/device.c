#include "oidc/device.h"

#include "codec/bearer.h"
#include "codec/json.h"
#include "codec/url.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define GRANT_TYPE "urn:ietf:params:oauth:grant-type:device_code"
#define INTERVAL_DEFAULT 5 /* seconds; RFC 8628, 3.2 */
#define INTERVAL_MAXIMUM 300
#define EXPIRES_IN_MAXIMUM 86400
#define USER_CODE_MAXIMUM 64

static bool refuse(const char *member, struct error *err)
{
    return error_set(err, ERROR_PROTOCOL, "the device authorization response has no usable %s", member);
}

/* The user types it. */
static bool is_typeable(const char *code)
{
    size_t length = code ? strlen(code) : 0;

    for (size_t i = 0; i < length; i++)
        if (!isgraph((unsigned char)code[i]))
            return false;
    return length > 0 && length <= USER_CODE_MAXIMUM;
}

/* Encrypted, or on this machine, or as much in the clear as the endpoint that says so. */
static bool is_openable(const struct oidc *oidc, const char *uri)
{
    struct url url;

    return uri && url_parse(uri, &url, NULL) && (url.secure || url_is_loopback(&url) || oidc->allow_plain);
}

static int64_t read_interval(const struct json *body)
{
    int64_t seconds;

    if (!json_integer(body, "interval", &seconds) || seconds <= 0)
        return INTERVAL_DEFAULT;
    return seconds < INTERVAL_MAXIMUM ? seconds : INTERVAL_MAXIMUM;
}

static bool read_body(const struct oidc *oidc, const struct json *body, struct device_authorization *out,
                      struct error *err)
{
    const char *device_code = json_string(body, "device_code");
    const char *user_code = json_string(body, "user_code");
    const char *uri = json_string(body, "verification_uri");
    const char *complete = json_string(body, "verification_uri_complete");
    int64_t expires_in;

    if (!device_code || !token_is_well_formed(device_code))
        return refuse("device_code", err);
    if (!is_typeable(user_code))
        return refuse("user_code", err);
    if (!is_openable(oidc, uri))
        return refuse("verification_uri", err);
    if (!json_integer(body, "expires_in", &expires_in) || expires_in <= 0)
        return refuse("expires_in", err);
    *out = (struct device_authorization){
        .device_code = secret_from_text(device_code),
        .user_code = memory_duplicate(user_code),
        .verification_uri = memory_duplicate(uri),
        .complete_uri = is_openable(oidc, complete) ? memory_duplicate(complete) : NULL,
        .expires_in = expires_in < EXPIRES_IN_MAXIMUM ? expires_in : EXPIRES_IN_MAXIMUM,
        .interval = read_interval(body)};
    return true;
}

static bool read_response(const struct oidc *oidc, const struct http_response *response,
                          struct device_authorization *out, struct oauth_error *refusal, struct error *err)
{
    _cleanup_json_ struct json *body = NULL;

    if (response->status != 200)
        return oauth_error_read("starting the sign-in", response, refusal, err);
    body = json_parse(buffer_text(&response->body), response->body.length, err);
    return body && read_body(oidc, body, out, err);
}

bool device_authorize(const struct oidc *oidc, const struct provider *provider,
                      const struct authorization_request *request, struct device_authorization *out,
                      struct oauth_error *refusal, struct error *err)
{
    struct client client = {request->client_id, NULL};
    _cleanup_http_response_ struct http_response response = HTTP_RESPONSE_EMPTY;
    _cleanup_buffer_ struct buffer form = BUFFER(TOKEN_FORM_MAXIMUM);

    if (!provider->device_authorization_endpoint) {
        error_set(err, ERROR_CONFIG, "%s does not offer the device flow", provider->issuer);
        return error_hint(err, "Logto has it since version 1.38; sign in without --device");
    }
    return authorize_append_shared(request, &form, err) &&
           token_endpoint_post(oidc, provider->device_authorization_endpoint, &client, &form, &response, NULL,
                               err) &&
           read_response(oidc, &response, out, refusal, err);
}

/* Too many requests is what slow_down says, in the words of whatever stands before the server. */
static enum device_answer judge_failure(const struct token_failure *failure, enum error_code code)
{
    enum oauth_error_kind kind = failure->oauth.kind;

    if (kind == OAUTH_AUTHORIZATION_PENDING)
        return DEVICE_PENDING;
    if (kind == OAUTH_SLOW_DOWN || kind == OAUTH_RATE_LIMITED)
        return DEVICE_SLOW_DOWN;
    return code == ERROR_NETWORK ? DEVICE_UNREACHABLE : DEVICE_REFUSED;
}

enum device_answer device_poll(const struct oidc *oidc, const struct provider *provider,
                               const char *client_id, const struct secret *device_code,
                               struct token_response *out, struct token_failure *failure, struct error *err)
{
    struct client client = {client_id, NULL};
    _cleanup_buffer_ struct buffer form = BUFFER(TOKEN_FORM_MAXIMUM);

    if (!form_append(&form, "grant_type", GRANT_TYPE, err) ||
        !form_append_secret(&form, "device_code", device_code, err))
        return DEVICE_REFUSED;
    if (token_endpoint_request(oidc, provider, &client, "exchanging the device code for tokens", &form, out,
                               failure, err))
        return DEVICE_TOKENS;
    return judge_failure(failure, err->code);
}

void device_authorization_release(struct device_authorization *authorization)
{
    secret_free(&authorization->device_code);
    free(authorization->user_code);
    free(authorization->verification_uri);
    free(authorization->complete_uri);
    *authorization = (struct device_authorization){.device_code = NULL};
}
