/* Pushed authorization requests: RFC 9126. */
#pragma once

#include "oidc/token_endpoint.h"

/* A request that the provider has accepted and will recognize by its URI. */
struct pushed_request {
    char *request_uri;
    int64_t expires_in; /* seconds */
};

#define _cleanup_pushed_request_ _cleanup_(pushed_request_release)

void pushed_request_release(struct pushed_request *pushed);

enum par_result {
    PAR_ACCEPTED,
    PAR_UNAVAILABLE, /* not advertised, or answered 404, 405 or 5xx; `err` is set. The ordinary request may
                        work */
    PAR_FAILED       /* refused, or not reached; `err` is set */
};

/*
 * Pushes `parameters`, those of authorize_parameters(). PAR_FAILED as oauth_error_read(), which fills
 * *refusal (zeroed), as http->send(), or with ERROR_PROTOCOL when the response can't be used.
 */
enum par_result par_push(const struct oidc *oidc, const struct provider *provider,
                         const struct client *client, const struct buffer *parameters,
                         struct pushed_request *out, struct oauth_error *refusal, struct error *err);

/* Appends the URL for the browser, RFC 9126 section 4. */
bool par_url(const struct provider *provider, const char *client_id, const char *request_uri,
             struct buffer *out, struct error *err);
