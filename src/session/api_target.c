#include "session/api_target.h"

#include <string.h>

/* What the opaque token is for (docs.logto.io: userinfo, Account API, verifications of its changes). */
static const char *const opaque_paths[] = {"/oidc/me", "/api/my-account", "/api/verifications"};

static bool refuse(struct error *err, const char *what)
{
    return error_set(err, ERROR_USAGE, "invalid URL: %s", what);
}

static bool make_absolute(const char *path, const char *endpoint, char **out, struct error *err)
{
    if (path[1] == '/') /* to a browser it begins with a host name */
        return refuse(err, "a path of the endpoint must not begin with //");
    if (!endpoint) {
        error_set(err, ERROR_CONFIG, "no Logto endpoint is configured");
        return error_hint(err, "give the whole URL, or run logto login --endpoint URL --app-id ID");
    }
    *out = memory_format("%s%s", endpoint, path);
    return true;
}

bool api_url_parse(const char *text, const char *endpoint, struct url *out, struct error *err)
{
    _cleanup_free_ char *absolute = NULL;
    struct url url;

    if (text[0] == '/' && !make_absolute(text, endpoint, &absolute, err))
        return false;
    if (!absolute && !strstr(text, "://"))
        return refuse(err, "it must begin with https://, http:// or / (a path of the Logto endpoint)");
    if (!url_parse(absolute ? absolute : text, &url, err))
        return false;
    if (!url.secure && !url_is_loopback(&url))
        return refuse(err, "http:// is for this machine only, use https://");
    *out = url;
    return true;
}

/* The length of the path of `base` without a slash at its end, so that a segment ends there. */
static size_t segments_length(const struct url *base)
{
    size_t length = strlen(base->path);

    return base->path[length - 1] == '/' ? length - 1 : length;
}

/* Whether `url` is at `base` or below it, in whole segments, compared as they are written. */
static bool is_below(const struct url *url, const struct url *base)
{
    size_t length = segments_length(base);

    return url_same_origin(url, base) && strncmp(url->path, base->path, length) == 0 &&
           (url->path[length] == '/' || url->path[length] == '\0');
}

static bool is_below_text(const struct url *url, const char *base_text, size_t *length)
{
    struct url base;

    /* An identifier can be any text; one with a query is no prefix. */
    if (!url_parse(base_text, &base, NULL) || base.query[0] || !is_below(url, &base))
        return false;
    *length = segments_length(&base);
    return true;
}

static bool is_below_endpoint(const struct url *url, const char *endpoint, const char *path)
{
    _cleanup_free_ char *base = endpoint ? memory_format("%s%s", endpoint, path) : NULL;
    size_t length;

    return base && is_below_text(url, base, &length);
}

struct api_target api_target_find(const struct url *url, const char *endpoint, const struct list *resources)
{
    struct api_target target = {API_TOKEN_NONE, NULL};
    size_t longest = 0;

    for (size_t i = 0; i < ARRAY_SIZE(opaque_paths); i++)
        if (is_below_endpoint(url, endpoint, opaque_paths[i]))
            return (struct api_target){API_TOKEN_OPAQUE, NULL};
    for (size_t i = 0; i < resources->count; i++) {
        size_t length;

        if (!is_below_text(url, resources->items[i], &length) || (target.resource && length <= longest))
            continue;
        target = (struct api_target){API_TOKEN_RESOURCE, resources->items[i]};
        longest = length;
    }
    return target;
}

char *api_target_guess(const struct url *url, const char *endpoint)
{
    if (is_below_endpoint(url, endpoint, "/api"))
        return memory_format("%s/api", endpoint);
    return url_origin(url);
}
