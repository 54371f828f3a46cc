/* Locks that only one process at a time holds. */
#pragma once

#include "base/system.h"

/* How long to wait for a lock. */
struct lock_wait {
    int64_t timeout; /* ms */
    /* Called once, after two seconds; `holder` is a process id, 0 when unknown. May be NULL. */
    void (*waiting)(void *data, int holder);
    void *data;
};

/*
 * Takes the exclusive lock that the file `path` stands for; its folder is made when needed. The kernel drops
 * the lock when the holder dies. *lock becomes a descriptor for lock_release(). Fails with ERROR_IO, after
 * the timeout naming the holder.
 */
bool lock_take(const char *path, struct system *system, const struct lock_wait *wait, int *lock,
               struct error *err);

/* Accepts -1 (nothing held) and leaves -1. */
void lock_release(int *lock);
