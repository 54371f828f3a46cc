#include "session/authorization.h"

#include "base/log.h"
#include "net/loopback.h"
#include "oidc/authorize_probe.h"
#include "oidc/par.h"
#include "session/authorization_refusal.h"

#include <stdlib.h>

#define RESERVE 5000 /* ms before its end from which a pushed request is not given to a browser any more */

static int64_t now(const struct authorization *authorization)
{
    struct system *system = authorization->oidc.system;

    return system->monotonic(system);
}

static enum par_result push(struct authorization *authorization, struct oauth_error *refusal,
                            struct error *err)
{
    _cleanup_pushed_request_ struct pushed_request pushed = {NULL, 0};
    int64_t sent_at = now(authorization);
    enum par_result result = par_push(&authorization->oidc, authorization->provider, &authorization->client,
                                      &authorization->parameters, &pushed, refusal, err);

    if (result == PAR_ACCEPTED) {
        free(authorization->request_uri);
        authorization->request_uri = TAKE(pushed.request_uri);
        authorization->expires_at = sent_at + pushed.expires_in * 1000;
    }
    return result;
}

/* Refusals that the browser would be shown, or bring back. That a user has to sign in first is none. */
static bool probe(const struct authorization *authorization, const struct authorization_request *request,
                  struct error *err)
{
    struct oauth_error refusal = {.kind = OAUTH_NO_RESPONSE};

    if (authorize_probe(&authorization->oidc, buffer_text(&authorization->url), request->redirect_uri,
                        &refusal))
        return true;
    err->code = ERROR_NONE;
    authorization_explain_refusal(authorization->profile, &authorization->client, request->resources,
                                  &refusal, err);
    if (err->code != ERROR_NONE)
        return false;
    log_decision("the authorization endpoint says %s: \"%s\"", refusal.error, refusal.description);
    return true;
}

static bool check(struct authorization *authorization, const struct authorization_request *request, bool ask,
                  struct error *err)
{
    struct oauth_error refusal = {.kind = OAUTH_NO_RESPONSE};
    enum par_result result = push(authorization, &refusal, err);

    if (result == PAR_ACCEPTED)
        return true;
    if (result == PAR_FAILED)
        return authorization_explain_refusal(authorization->profile, &authorization->client,
                                             request->resources, &refusal, err);
    log_decision("the authorization request is not pushed: %s", err->message);
    return !ask || probe(authorization, request, err);
}

bool authorization_open(const struct interfaces *interfaces, const struct profile *profile,
                        const struct provider *provider, const struct client *client,
                        const struct authorization_request *request, bool ask, struct authorization *out,
                        struct error *err)
{
    *out = (struct authorization){.profile = profile,
                                  .provider = provider,
                                  .client = *client,
                                  .oidc = interfaces_oidc(interfaces, profile),
                                  .parameters = BUFFER(AUTHORIZE_URL_MAXIMUM),
                                  .url = BUFFER(AUTHORIZE_URL_MAXIMUM)};
    return authorize_parameters(request, &out->parameters, err) &&
           authorize_url(provider, request, &out->url, err) && check(out, request, ask, err);
}

/* Has a pushed request that is good for a while, if there can be one. */
static void renew(struct authorization *authorization)
{
    struct oauth_error refusal = {.kind = OAUTH_NO_RESPONSE};
    struct error why;

    if (!authorization->request_uri || now(authorization) < authorization->expires_at - RESERVE)
        return;
    authorization->oidc.timeout = LOOPBACK_LOCATION_TIMEOUT; /* the browser waits, and so does the listener */
    if (authorization->renewals++ < AUTHORIZATION_RENEWALS &&
        push(authorization, &refusal, &why) == PAR_ACCEPTED)
        return;
    log_decision("the pushed request has expired and is not made anew: using the ordinary one");
    free(TAKE(authorization->request_uri));
}

bool authorization_location(void *data, struct buffer *out, struct error *err)
{
    struct authorization *authorization = data;

    renew(authorization);
    if (authorization->request_uri)
        return par_url(authorization->provider, authorization->client.id, authorization->request_uri, out,
                       err);
    return buffer_append(out, authorization->url.data, authorization->url.length, err);
}

void authorization_release(struct authorization *authorization)
{
    buffer_release(&authorization->parameters);
    buffer_release(&authorization->url);
    free(TAKE(authorization->request_uri));
}
