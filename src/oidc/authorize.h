/*
 * The authorization request (RFC 6749, 4.1.1; OpenID Connect Core 3.1.2.1; RFC 7636; RFC 8707) and the
 * response to it (RFC 6749, 4.1.2; RFC 9207).
 */
#pragma once

#include "base/list.h"
#include "base/secret.h"
#include "oidc/discovery.h"

struct authorization_request {
    const char *client_id;
    const char *redirect_uri;
    const struct list *scopes;
    const struct list *resources; /* may be empty */
    const struct secret *state;
    const struct secret *nonce;
    const struct secret *code_verifier;
    const char *prompt; /* may be NULL, as may all that follow */
    const char *ui_locales;
    const char *login_hint;
    const struct buffer *extra; /* further parameters, already form-encoded */
};

#define AUTHORIZE_URL_MAXIMUM ((size_t)16 * 1024)

/* Appends all parameters of the request but client_id to a form or query. */
bool authorize_parameters(const struct authorization_request *request, struct buffer *form,
                          struct error *err);

/* Appends the authorization endpoint, ready for parameters. */
bool authorize_endpoint(const struct provider *provider, struct buffer *out, struct error *err);

/* Appends the URL for the browser to `out`. The provider comes from discovery_load_for_sign_in(). */
bool authorize_url(const struct provider *provider, const struct authorization_request *request,
                   struct buffer *out, struct error *err);

/*
 * Appends what a device authorization request (RFC 8628, 3.1) has as well: scope, resource, ui_locales,
 * login_hint and extra.
 */
bool authorize_append_shared(const struct authorization_request *request, struct buffer *form,
                             struct error *err);

/*
 * Checks the query of a redirect whose `state` was already verified. On success *code is the authorization
 * code, to be freed by the caller. Fails with ERROR_DENIED when the provider returned an error,
 * ERROR_PROTOCOL when `iss` is wrong, missing though advertised, or a parameter is repeated.
 */
bool authorize_check(const struct provider *provider, const char *query, struct secret **code,
                     struct error *err);
