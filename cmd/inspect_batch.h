/* `logto inspect --batch`: one token per line in, one verdict per line out, in order, on all cores. */
#pragma once

#include "cmd/output.h"
#include "session/inspector.h"

/*
 * Reads the descriptor `input` to its end. Memory doesn't grow with it. Fails with ERROR_TOKEN_INVALID,
 * already reported, when a token isn't valid, and as inspector_settle() does.
 */
bool inspect_batch(struct inspector *inspector, const struct output *output, int input, struct error *err);
