/*
 * A file that is written piece by piece and takes its name only when it is whole: until then, and after a
 * failure or Ctrl-C, the name leads to what it did before.
 */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct draft {
    int descriptor;
    char *path;       /* that it will have; where a link leads to */
    char *unfinished; /* that it has meanwhile; NULL for what isn't a regular file and is written in place */
    mode_t mode;
};

#define DRAFT_EMPTY                                                                                          \
    {                                                                                                        \
        .descriptor = -1                                                                                     \
    }
#define _cleanup_draft_ _cleanup_(draft_release)

/*
 * Begins to write `path`, beside it; a pipe or a device is opened itself. A file that exists keeps its
 * permissions, a new one gets `mode`. One draft at a time. Fails with ERROR_IO.
 */
bool draft_open(struct draft *draft, const char *path, mode_t mode, struct error *err);

bool draft_write(struct draft *draft, const void *bytes, size_t length, struct error *err);

/* Syncs it and gives it its name. Fails with ERROR_IO. */
bool draft_keep(struct draft *draft, struct error *err);

/* Removes what wasn't kept. Accepts DRAFT_EMPTY. */
void draft_release(struct draft *draft);
