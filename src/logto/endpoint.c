#include "logto/endpoint.h"

#include "base/memory.h"
#include "codec/url.h"

#include <stdlib.h>
#include <string.h>

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);

    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static void cut_trailing_slashes(char *text)
{
    for (size_t length = strlen(text); length > 0 && text[length - 1] == '/'; length--)
        text[length - 1] = '\0';
}

static void cut_issuer_path(char *text)
{
    if (ends_with(text, "/oidc"))
        text[strlen(text) - strlen("/oidc")] = '\0';
}

/* A development server on this machine seldom has a certificate. */
static bool is_loopback_name(const char *text)
{
    _cleanup_free_ char *trial = memory_format("http://%s", text);
    struct url url;

    return url_parse(trial, &url, NULL) && url_is_loopback(&url);
}

static char *add_scheme(const char *text)
{
    if (strstr(text, "://"))
        return memory_duplicate(text);
    return memory_format("%s://%s", is_loopback_name(text) ? "http" : "https", text);
}

static bool check(const char *endpoint, bool allow_plain, struct error *err)
{
    struct url url;

    if (!url_parse(endpoint, &url, err)) {
        error_change_code(err, ERROR_CONFIG);
        error_context(err, "the endpoint '%s'", endpoint);
        return error_hint(err, "use a URL such as https://TENANT.logto.app or http://localhost:3001");
    }
    if (url.query[0])
        return error_set(err, ERROR_CONFIG, "the endpoint '%s' must not have a query", endpoint);
    if (url.secure || url_is_loopback(&url) || allow_plain)
        return true;
    error_set(err, ERROR_CONFIG, "the endpoint %s must use https", endpoint);
    return error_hint(err, "use https, or --insecure-http to send credentials unencrypted");
}

char *logto_endpoint_parse(const char *text, bool allow_plain, struct error *err)
{
    char *endpoint = add_scheme(text);

    cut_trailing_slashes(endpoint);
    cut_issuer_path(endpoint);
    cut_trailing_slashes(endpoint);
    if (check(endpoint, allow_plain, err))
        return endpoint;
    free(endpoint);
    return NULL;
}

char *logto_endpoint_issuer(const char *endpoint)
{
    return memory_format("%s/oidc", endpoint);
}

char *logto_issuer_endpoint(const char *issuer)
{
    char *endpoint = memory_duplicate(issuer);

    cut_issuer_path(endpoint);
    return endpoint;
}
