#include "oidc/authorize_probe.h"

#include "base/log.h"
#include "codec/url.h"

#include <stdio.h>
#include <string.h>

/* A parameter of a query, "" when it isn't there once or doesn't fit. */
static void read_parameter(const char *query, const char *name, char *out, size_t size)
{
    _cleanup_buffer_ struct buffer value = BUFFER(size - 1);

    form_find(query, name, &value);
    snprintf(out, size, "%s", buffer_text(&value));
}

/* RFC 6749, 4.1.2.1: an error that the browser would bring to our listener. */
static bool read_redirect(const char *location, const char *redirect_uri, struct oauth_error *out)
{
    size_t length = strlen(redirect_uri);

    if (strncmp(location, redirect_uri, length) != 0 || location[length] != '?')
        return false;
    read_parameter(location + length + 1, "error", out->error, sizeof(out->error));
    read_parameter(location + length + 1, "error_description", out->description, sizeof(out->description));
    out->kind = oauth_error_kind(out->error);
    return out->error[0] != '\0';
}

static bool read_refusal(const struct http_response *response, const char *redirect_uri,
                         struct oauth_error *out)
{
    if (response->status >= 300 && response->status < 400)
        return read_redirect(response->location, redirect_uri, out);
    if (response->status != 400 && response->status != 401)
        return false;
    oauth_error_read("", response, out, NULL);
    return out->error[0] != '\0';
}

bool authorize_probe(const struct oidc *oidc, const char *url, const char *redirect_uri,
                     struct oauth_error *refusal)
{
    _cleanup_http_response_ struct http_response response = HTTP_RESPONSE_EMPTY;
    struct http_request request = {.url = url};
    struct oauth_error found = {.kind = OAUTH_NO_RESPONSE};
    struct error why;

    if (!oidc_send(oidc, &request, &response, NULL, &why)) {
        log_decision("cannot check the authorization request: %s", why.message);
        return true;
    }
    found.status = response.status;
    if (!read_refusal(&response, redirect_uri, &found))
        return true;
    *refusal = found;
    return false;
}
