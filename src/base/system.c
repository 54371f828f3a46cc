#include "base/system.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

static int64_t real_now(struct system *system)
{
    (void)system;
    return (int64_t)time(NULL);
}

static int64_t real_monotonic(struct system *system)
{
    struct timespec time;

    (void)system;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static bool real_random(struct system *system, void *bytes, size_t length, struct error *err)
{
    char *position = bytes;

    (void)system;
    while (length > 0) {
        ssize_t got = getrandom(position, length, 0);

        if (got < 0)
            return error_set_errno(err, ERROR_INTERNAL, "cannot get random numbers from the kernel");
        position += got;
        length -= (size_t)got;
    }
    return true;
}

static void real_sleep(struct system *system, int64_t duration)
{
    struct timespec time = {(time_t)(duration / 1000), (long)(duration % 1000) * 1000000};

    (void)system;
    while (nanosleep(&time, &time) != 0 && errno == EINTR)
        continue;
}

struct system *system_real(void)
{
    static struct system real = {real_now, real_monotonic, real_random, real_sleep};

    return &real;
}
