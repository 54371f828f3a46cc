/*
 * Tokens without a session, for CI: client credentials (RFC 6749, 4.4) and token exchange of a personal
 * access token (RFC 8693, as Logto has it). Nothing is read from or written to a store.
 */
#pragma once

#include "session/access_request.h"
#include "session/interfaces.h"
#include "session/session.h"

struct machine {
    const char *app_id;
    const struct secret *app_secret;     /* NULL for a public app, which can only exchange tokens */
    const struct secret *personal_token; /* a personal access token to exchange; NULL: client credentials */
};

/*
 * Requests one access token from Logto; release it with access_token_release(). Fails with ERROR_USAGE when
 * client credentials name neither resource nor organization, ERROR_NOT_GRANTED, ERROR_CONFIG (the app isn't
 * known or may not do this), and as the network does.
 */
bool machine_token(const struct interfaces *interfaces, const struct profile *profile,
                   const struct machine *machine, const struct access_request *request,
                   struct access_token *out, struct error *err);
