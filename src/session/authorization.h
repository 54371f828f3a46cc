/*
 * An authorization request on its way to the browser: pushed to the provider where that is possible (RFC
 * 9126), so that what is wrong with it is known before a browser opens, and its address holds nothing of it.
 */
#pragma once

#include "oidc/authorize.h"
#include "oidc/token_endpoint.h"
#include "session/interfaces.h"

/* How often a pushed request is made anew before the ordinary one is used. */
#define AUTHORIZATION_RENEWALS 5

/* Owned by the caller; what it points to is borrowed. */
struct authorization {
    const struct profile *profile;
    const struct provider *provider;
    struct client client;
    struct oidc oidc;
    struct buffer parameters; /* of the request */
    struct buffer url;        /* the ordinary one */
    char *request_uri;        /* of the pushed one, or NULL: there is none */
    int64_t expires_at;       /* its end, ms of system's monotonic clock */
    int renewals;
};

#define _cleanup_authorization_ _cleanup_(authorization_release)

/*
 * Prepares `request` of `client` and pushes it. Where the provider takes no pushed requests and `ask`, it
 * asks the authorization endpoint whether it refuses the ordinary one. Fails with ERROR_CONFIG, naming what
 * to register where, when it is refused: an unknown app, a wrong secret, a redirect URI or an API that is not
 * registered, another kind of app; or as par_push(). `out` must be released after a failure, too.
 */
bool authorization_open(const struct interfaces *interfaces, const struct profile *profile,
                        const struct provider *provider, const struct client *client,
                        const struct authorization_request *request, bool ask, struct authorization *out,
                        struct error *err);

/*
 * A loopback_location (net/loopback.h) over a struct authorization: the pushed request, made anew when it
 * expires in less than five seconds, or the ordinary one where that can't be had.
 */
bool authorization_location(void *data, struct buffer *out, struct error *err);

void authorization_release(struct authorization *authorization);
