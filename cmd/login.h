/* `logto login`, for other commands. */
#pragma once

#include "cmd/command.h"
#include "session/access_request.h"

/*
 * Signs in as `logto login` does without options, but for all that `request` needs; prints nothing on
 * standard output. Fails as that command does.
 */
bool login_for_token(struct context *context, const struct access_request *request, struct error *err);
