/* Which access token `logto api` sends to a URL, and how it gets it. */
#pragma once

#include "cmd/command.h"
#include "codec/url.h"
#include "session/access_request.h"

/*
 * The token of `request`, or without a resource in it of the API that the URL belongs to. *cached (may be
 * NULL) tells whether it was there already. Fails with ERROR_NOT_GRANTED when no API that is granted is at
 * that URL, with ERROR_USAGE when options don't go together, or as access_obtain_token() does; nothing is
 * sent to `url`.
 */
bool api_token_obtain(const struct context *context, const struct url *url,
                      const struct access_request *request, struct secret **out, bool *cached,
                      struct error *err);
