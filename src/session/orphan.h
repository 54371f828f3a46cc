/*
 * Sessions that no profile names: what a config file that was edited, lost or copied by hand left in the
 * stores.
 */
#pragma once

#include "session/config.h"
#include "session/interfaces.h"

/* Each as a profile of its own, which names the session and the store that has it. */
struct orphans {
    struct profile *profiles;
    size_t count;
};

#define _cleanup_orphans_ _cleanup_(orphans_release)

/* Asks every store; one that doesn't answer has none. `out` must be zeroed. */
void orphans_find(const struct interfaces *interfaces, const struct config *config, struct orphans *out);

void orphans_release(struct orphans *orphans);
