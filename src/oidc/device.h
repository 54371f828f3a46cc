/* The device flow: RFC 8628. The user signs in with a browser on any machine, and this one asks for the
 * tokens. */
#pragma once

#include "oidc/authorize.h"
#include "oidc/token_endpoint.h"

/* RFC 8628, 3.2. Owned by the caller. */
struct device_authorization {
    struct secret *device_code;
    char *user_code;        /* what the user enters */
    char *verification_uri; /* where */
    char *complete_uri;     /* the same with the code in it, or NULL */
    int64_t expires_in;     /* seconds */
    int64_t interval;       /* seconds between two polls, at least */
};

#define _cleanup_device_authorization_ _cleanup_(device_authorization_release)

void device_authorization_release(struct device_authorization *authorization);

/*
 * Asks for a code (RFC 8628, 3.1). Of `request` the client, scopes, resources, ui_locales, login_hint and
 * extra are sent; the rest has no place here. Fails with ERROR_CONFIG when the provider has no device flow,
 * with ERROR_PROTOCOL when the response can't be used, or as oauth_error_read(), which fills *refusal
 * (zeroed).
 */
bool device_authorize(const struct oidc *oidc, const struct provider *provider,
                      const struct authorization_request *request, struct device_authorization *out,
                      struct oauth_error *refusal, struct error *err);

/* What a poll has brought (RFC 8628, 3.5). */
enum device_answer {
    DEVICE_TOKENS,
    DEVICE_PENDING,     /* the user isn't done */
    DEVICE_SLOW_DOWN,   /* the same, and from now on wait 5 s more between two polls */
    DEVICE_UNREACHABLE, /* no answer, or none from the server itself: ask again, less often; `err` is set */
    DEVICE_REFUSED      /* there will be no tokens; `err` is set */
};

/*
 * Asks once whether there are tokens. After DEVICE_TOKENS, or DEVICE_REFUSED, never ask again: a device code
 * that is used twice costs the tokens already given. *failure (zeroed) is filled as token_endpoint_request()
 * does; `err` must not be NULL.
 */
enum device_answer device_poll(const struct oidc *oidc, const struct provider *provider,
                               const char *client_id, const struct secret *device_code,
                               struct token_response *out, struct token_failure *failure, struct error *err);
