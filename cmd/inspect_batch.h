/* `logto inspect --batch`: one token per line in, one verdict per line out, in order, on all cores. */
#pragma once

#include "cmd/output.h"
#include "session/inspector.h"

/* Bytes of a token with what may stand around it (codec/bearer.h); what is longer is malformed. */
#define INSPECT_TEXT_MAXIMUM (JWT_LENGTH_MAXIMUM + 256)

/*
 * Reads the descriptor `input` to its end. Memory doesn't grow with it. A token that can't be judged gets a
 * line with the error, and the next one is read. Fails with ERROR_IO when reading or writing fails; at the
 * end, already reported, with ERROR_NETWORK when a token could not be judged, else with ERROR_TOKEN_INVALID
 * when one is not valid.
 */
bool inspect_batch(struct inspector *inspector, const struct output *output, int input, struct error *err);
