/*
 * Logto's Social Verification API: proof that the user has just been at another provider, which may bring a
 * token for more than the sign-in asked for. Bodies of its requests and answers.
 */
#pragma once

#include "base/list.h"
#include "base/secret.h"
#include "net/http.h"

#define SOCIAL_VERIFICATION_PATH "/api/verifications/social"
#define SOCIAL_VERIFICATION_VERIFY_PATH "/api/verifications/social/verify"

/* What is asked for; borrowed. */
struct social_verification_request {
    const char *connector_id;
    const char *redirect_uri;
    const struct secret *state;
    const struct list *scopes; /* all of them: they take the place of the connector's own */
};

struct social_verification {
    char *id;
    struct buffer url; /* where to send the browser */
};

#define SOCIAL_VERIFICATION_URL_MAXIMUM ((size_t)8 * 1024)
#define SOCIAL_VERIFICATION_EMPTY                                                                            \
    {                                                                                                        \
        .id = NULL, .url = BUFFER(SOCIAL_VERIFICATION_URL_MAXIMUM)                                           \
    }
#define _cleanup_social_verification_ _cleanup_(social_verification_release)

/* Each appends the JSON of a request: to begin, to prove with the provider's code, to use the proof. */
bool social_verification_begin(const struct social_verification_request *request, struct buffer *out,
                               struct error *err);
bool social_verification_prove(const char *id, const struct secret *code, const char *redirect_uri,
                               struct buffer *out, struct error *err);
bool social_verification_use(const char *id, struct buffer *out, struct error *err);

/*
 * Reads the answer to the first. Its URL must be https, or of this machine, and carry the state and the
 * redirect URI of `request` exactly once, because Logto compares neither; it is made to ask for a refresh
 * token and for consent, which Google gives together only. Fails with ERROR_PROTOCOL.
 */
bool social_verification_read(const struct http_response *response,
                              const struct social_verification_request *request,
                              struct social_verification *out, struct error *err);

/*
 * Takes the code from the query with which the other provider sent the browser back; `provider` names it for
 * messages. Fails with ERROR_CANCELLED, ERROR_DENIED or ERROR_PROTOCOL.
 */
bool social_verification_check(const char *query, const char *provider, struct secret **code,
                               struct error *err);

void social_verification_release(struct social_verification *verification);
