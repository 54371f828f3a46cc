#include "base/fault.h"

#ifdef LOGTO_FAULTS
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Whether this is the passage that LOGTO_FAULT names. */
static bool is_wanted(const char *name)
{
    static long passed;
    const char *wanted = getenv("LOGTO_FAULT");
    size_t length = strlen(name);

    if (!wanted || strncmp(wanted, name, length) != 0 || (wanted[length] && wanted[length] != ':'))
        return false;
    return ++passed == (wanted[length] ? strtol(wanted + length + 1, NULL, 10) : 1);
}

static void trace(const char *name)
{
    const char *path = getenv("LOGTO_FAULT_TRACE");
    FILE *file = path ? fopen(path, "ae") : NULL;
    struct timespec now;

    if (!file)
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    fprintf(file, "%s %lld.%09ld\n", name, (long long)now.tv_sec, now.tv_nsec);
    fclose(file);
}

void fault_point(const char *name)
{
    int reason = errno;

    trace(name);
    if (is_wanted(name))
        raise(getenv("LOGTO_FAULT_STOP") ? SIGSTOP : SIGKILL);
    errno = reason;
}
#else
typedef int fault_points_are_compiled_out; /* ISO C wants something in every file */
#endif
