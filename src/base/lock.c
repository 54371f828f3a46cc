#include "base/lock.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define QUIET 2000         /* ms of waiting that nobody hears of */
#define PAUSE_FIRST 2      /* ms between two attempts at first */
#define PAUSE_LONGEST 40   /* ms between two attempts later */
#define PROCESS_MAXIMUM 16 /* characters of a process id */

/* The holder writes its process id into the file, for those who wait. */
static void sign(int descriptor)
{
    char text[PROCESS_MAXIMUM];
    int length = snprintf(text, sizeof(text), "%d\n", (int)getpid());

    if (ftruncate(descriptor, 0) == 0)
        (void)!pwrite(descriptor, text, (size_t)length, 0);
}

static int read_holder(int descriptor)
{
    char text[PROCESS_MAXIMUM] = "";

    return pread(descriptor, text, sizeof(text) - 1, 0) > 0 ? (int)strtol(text, NULL, 10) : 0;
}

static bool fail_timeout(int descriptor, const char *path, struct error *err)
{
    int holder = read_holder(descriptor);

    if (!holder)
        return error_set(err, ERROR_IO, "another logto process holds the lock %s", path);
    error_set(err, ERROR_IO, "another logto process (pid %d) holds the lock %s", holder, path);
    return error_hint(err, "wait until it ends, or stop it: kill %d", holder);
}

static void pause_for(int64_t milliseconds)
{
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};

    nanosleep(&time, NULL);
}

/* flock() has no time limit of its own; asking again every few ms needs no timer signal. */
static bool wait_for(int descriptor, const char *path, struct system *system, const struct lock_wait *wait,
                     struct error *err)
{
    int64_t start = system->monotonic(system);
    int64_t pause = PAUSE_FIRST;
    bool reported = !wait->waiting;

    while (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        int64_t waited = system->monotonic(system) - start;

        if (errno != EWOULDBLOCK && errno != EINTR)
            return error_set_errno(err, ERROR_IO, "cannot lock %s", path);
        if (waited >= wait->timeout)
            return fail_timeout(descriptor, path, err);
        if (!reported && waited >= QUIET) {
            wait->waiting(wait->data, read_holder(descriptor));
            reported = true;
        }
        pause_for(pause);
        pause = pause * 2 > PAUSE_LONGEST ? PAUSE_LONGEST : pause * 2;
    }
    return true;
}

bool lock_take(const char *path, struct system *system, const struct lock_wait *wait, int *lock,
               struct error *err)
{
    _cleanup_(file_close) int descriptor = -1;

    if (!file_make_folder(path, err))
        return false;
    /* In a folder that others can write to, they could hold us up forever. */
    if (!file_open_own(path, O_RDWR | O_CREAT, &descriptor, err) ||
        !wait_for(descriptor, path, system, wait, err))
        return false;
    sign(descriptor);
    *lock = file_take(&descriptor);
    return true;
}

void lock_release(int *lock)
{
    file_close(lock);
}
