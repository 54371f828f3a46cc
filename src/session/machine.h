/*
 * Tokens of a machine-to-machine app: client credentials (RFC 6749, 4.4); and token exchange of a personal
 * access token (RFC 8693, as Logto has it). For CI with credentials of the environment, without a session; or
 * with the app secret that `login --machine` stored.
 */
#pragma once

#include "oidc/token_endpoint.h"
#include "session/access_request.h"
#include "session/session_store.h"

struct machine {
    const char *app_id;
    const struct secret *app_secret;     /* NULL for a public app, which can only exchange tokens */
    const struct secret *personal_token; /* a personal access token to exchange; NULL: client credentials */
    bool stored;                         /* the secret comes from a session, not from the environment */
};

/*
 * Sends one token request. Client credentials without resource and organization bring no token, but Logto's
 * OAUTH_INVALID_TARGET in *failure proves the secret. Fails with ERROR_NOT_GRANTED, ERROR_CONFIG (the app
 * isn't known, its secret is wrong or has expired, or it may not do this), and as the network does.
 */
bool machine_request(const struct interfaces *interfaces, const struct profile *profile,
                     const struct machine *machine, const struct access_request *request,
                     struct token_response *response, struct token_failure *failure, struct error *err);

/*
 * Requests one access token; release it with access_token_release(). Nothing is read from or written to a
 * store. Fails with ERROR_USAGE when client credentials name neither resource nor organization, and as
 * machine_request().
 */
bool machine_token(const struct interfaces *interfaces, const struct profile *profile,
                   const struct machine *machine, const struct access_request *request,
                   struct access_token *out, struct error *err);

/* The resource that `request` names; for a machine session without one its only API, which it borrows. */
const char *machine_resource(const struct session *session, const struct access_request *request);

/*
 * The same for the machine session of `profile`, under its lock: the token is put into the session and
 * stored. Without scopes in `request` those of the profile are sent, since Logto grants none unasked.
 */
bool machine_refresh(const struct interfaces *interfaces, const struct profile *profile,
                     struct session *session, const struct access_request *request, struct error *err);
