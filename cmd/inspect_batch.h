/* `logto inspect --batch`: a token a line in, a verdict a line out, in order, with all cores. */
#pragma once

#include "cmd/output.h"
#include "session/inspector.h"

/*
 * Reads the descriptor `input` to its end. Memory doesn't grow with it. Fails with ERROR_TOKEN_INVALID,
 * already told, when a token isn't valid, and as inspector_settle() does.
 */
bool inspect_batch(struct inspector *inspector, const struct output *output, int input, struct error *err);
