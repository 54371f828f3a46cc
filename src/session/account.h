/* Requests to Logto's Account API and Verification API, with the session's opaque access token. */
#pragma once

#include "logto/account_error.h"
#include "session/session_store.h"

struct account {
    const struct interfaces *interfaces;
    const struct profile *profile;
    struct session session;
};

#define _cleanup_account_ _cleanup_(account_close)

/*
 * Loads the session of `profile`, which must have the scope `identities`. Fails with ERROR_NOT_GRANTED and
 * the login that would get it, or as session_load() does. Release it with account_close() in either case.
 */
bool account_open(struct account *account, const struct interfaces *interfaces, const struct profile *profile,
                  struct error *err);

/*
 * Sends `request`, whose URL and bearer it sets, to `path` below the endpoint; a refused access token is
 * replaced by a fresh one, once. `what` begins the messages. When Logto refuses, *refusal says how. What any
 * of these requests can be refused for is a failure with its hint; of the rest the caller makes one.
 */
bool account_send(struct account *account, const char *what, const char *path, struct http_request *request,
                  struct http_response *response, struct account_error *refusal, struct error *err);

/* The same with `body`, JSON, and `method`. */
bool account_send_json(struct account *account, const char *what, const char *method, const char *path,
                       const struct buffer *body, struct http_response *response,
                       struct account_error *refusal, struct error *err);

void account_close(struct account *account);
