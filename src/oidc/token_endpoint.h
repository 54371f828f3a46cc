/* The token endpoint: RFC 6749 sections 3.2, 4.1.3, 4.4 and 6, RFC 8693, RFC 8707. */
#pragma once

#include "base/list.h"
#include "base/secret.h"
#include "oidc/discovery.h"
#include "oidc/oauth_error.h"

/* The app that sends a request. Borrowed. */
struct client {
    const char *id;
    const struct secret *secret; /* NULL for a public client, which sends client_id in the form */
};

/* Owned by the caller. */
struct token_response {
    struct secret *access_token;  /* never NULL */
    struct secret *refresh_token; /* may be NULL */
    struct secret *id_token;      /* may be NULL */
    char *scope;                  /* as received, or NULL */
    int64_t expires_in;           /* seconds; 0 when missing */
};

#define TOKEN_RESPONSE_EMPTY                                                                                 \
    {                                                                                                        \
        NULL, NULL, NULL, NULL, 0                                                                            \
    }
#define _cleanup_token_response_ _cleanup_(token_response_release)

/* What is known of a failed request beyond `err`. */
struct token_failure {
    struct oauth_error oauth;     /* OAUTH_NO_RESPONSE when none came */
    bool lost;                    /* the server may have acted, but its response was cut or can't be read */
    struct secret *refresh_token; /* of a response refused for another reason: it replaces the one used */
};

#define _cleanup_token_failure_ _cleanup_(token_failure_release)

void token_failure_release(struct token_failure *failure);

/*
 * Sends `form` (grant_type and its parameters; the client's authentication is added here) and reads the
 * response. A token_type other than Bearer is refused (RFC 6749, 7.1). On failure *failure (zeroed; may be
 * NULL) is filled.
 */
bool token_endpoint_request(const struct oidc *oidc, const struct provider *provider,
                            const struct client *client, const char *what, struct buffer *form,
                            struct token_response *out, struct token_failure *failure, struct error *err);

struct code_grant {
    const struct secret *code;
    const struct secret *code_verifier;
    const char *redirect_uri;
};

bool token_endpoint_exchange_code(const struct oidc *oidc, const struct provider *provider,
                                  const struct client *client, const struct code_grant *grant,
                                  struct token_response *out, struct token_failure *failure,
                                  struct error *err);

/*
 * POSTs a form to any endpoint that authenticates clients as the token endpoint does (revocation,
 * introspection); the client's authentication is added. Any HTTP status is a success here.
 */
bool token_endpoint_post(const struct oidc *oidc, const char *url, const struct client *client,
                         struct buffer *form, struct http_response *response, bool *delivered,
                         struct error *err);

void token_response_release(struct token_response *response);

#define TOKEN_FORM_MAXIMUM ((size_t)128 * 1024)
