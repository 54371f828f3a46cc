#include "oidc/par.h"

#include "codec/bearer.h"
#include "codec/json.h"
#include "codec/url.h"
#include "oidc/authorize.h"

#include <stdlib.h>

static const char what[] = "checking the authorization request";

static bool read_response(const struct http_response *response, struct pushed_request *out, struct error *err)
{
    _cleanup_json_ struct json *body = json_parse(buffer_text(&response->body), response->body.length, err);
    const char *request_uri = json_string(body, "request_uri");
    int64_t expires_in;

    if (!body)
        return error_context(err, "%s", what);
    if (!request_uri || !token_is_well_formed(request_uri))
        return error_set(err, ERROR_PROTOCOL, "%s: the response has no usable request_uri", what);
    if (!json_integer(body, "expires_in", &expires_in) || expires_in <= 0)
        return error_set(err, ERROR_PROTOCOL, "%s: the response has no usable expires_in", what);
    *out = (struct pushed_request){memory_duplicate(request_uri), expires_in};
    return true;
}

static enum par_result judge(const struct http_response *response, struct pushed_request *out,
                             struct oauth_error *refusal, struct error *err)
{
    if (response->status == 201 || response->status == 200)
        return read_response(response, out, err) ? PAR_ACCEPTED : PAR_FAILED;
    oauth_error_read(what, response, refusal, err);
    return response->status == 404 || response->status == 405 || response->status >= 500 ? PAR_UNAVAILABLE
                                                                                         : PAR_FAILED;
}

/* The id is a parameter of the request even where the client proves itself in a header (RFC 9126, 2.1). */
static bool make_form(const struct client *client, const struct buffer *parameters, struct buffer *form,
                      struct error *err)
{
    return buffer_append(form, parameters->data, parameters->length, err) &&
           (!client->secret || form_append(form, "client_id", client->id, err));
}

enum par_result par_push(const struct oidc *oidc, const struct provider *provider,
                         const struct client *client, const struct buffer *parameters,
                         struct pushed_request *out, struct oauth_error *refusal, struct error *err)
{
    const char *endpoint = provider->pushed_authorization_request_endpoint;
    _cleanup_buffer_ struct buffer form = BUFFER(TOKEN_FORM_MAXIMUM);
    _cleanup_http_response_ struct http_response response = HTTP_RESPONSE_EMPTY;

    if (!endpoint) {
        error_set(err, ERROR_PROTOCOL, "%s takes no pushed authorization requests", provider->issuer);
        return PAR_UNAVAILABLE;
    }
    if (!make_form(client, parameters, &form, err))
        return PAR_FAILED;
    if (!token_endpoint_post(oidc, endpoint, client, &form, &response, NULL, err)) {
        error_context(err, "%s", what);
        return PAR_FAILED;
    }
    return judge(&response, out, refusal, err);
}

bool par_url(const struct provider *provider, const char *client_id, const char *request_uri,
             struct buffer *out, struct error *err)
{
    return authorize_endpoint(provider, out, err) && form_append(out, "client_id", client_id, err) &&
           form_append(out, "request_uri", request_uri, err);
}

void pushed_request_release(struct pushed_request *pushed)
{
    free(pushed->request_uri);
    *pushed = (struct pushed_request){NULL, 0};
}
