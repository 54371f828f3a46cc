/*
 * Which access token belongs to a URL. Pure: a token goes where this says, or nowhere.
 */
#pragma once

#include "base/error.h"
#include "base/list.h"
#include "codec/url.h"

#include <stdbool.h>

enum api_token {
    API_TOKEN_NONE,    /* no API that is granted is there */
    API_TOKEN_OPAQUE,  /* Logto's own, for userinfo and the Account API */
    API_TOKEN_RESOURCE /* that of the API `resource` */
};

struct api_target {
    enum api_token token;
    const char *resource; /* belongs to the list; NULL for the others */
};

/*
 * Reads an absolute URL, or a path ("/api/my-account") of `endpoint` (NULL: there is none), as url_parse()
 * does. Requires https, or http to this machine. Fails with ERROR_USAGE; a path without an endpoint with
 * ERROR_CONFIG.
 */
bool api_url_parse(const char *text, const char *endpoint, struct url *out, struct error *err);

/*
 * The token for `url`: the opaque one for /oidc/me, /api/my-account and /api/verifications of `endpoint` (may
 * be NULL); else that of the resource whose identifier is the longest prefix of the URL, with the same origin
 * and in whole path segments.
 */
struct api_target api_target_find(const struct url *url, const char *endpoint, const struct list *resources);

/*
 * The identifier that the API at `url` probably has in Logto, for a hint: the Management API's, or the
 * origin. The caller frees it.
 */
char *api_target_guess(const struct url *url, const char *endpoint);
