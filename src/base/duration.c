#include "base/duration.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>

static const struct {
    int64_t seconds;
    const char *name;
} units[] = {{INT64_C(365) * 86400, "year"}, {86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};

void duration_length(int64_t seconds, char out[DURATION_SIZE])
{
    int64_t count;
    size_t i = 0;

    /* The unit of which there are two at least: "90 minutes" says more than "1 hour". */
    while (i < ARRAY_SIZE(units) - 1 && seconds < 2 * units[i].seconds)
        i++;
    count = seconds / units[i].seconds;
    snprintf(out, DURATION_SIZE, "%" PRId64 " %s%s", count, units[i].name, count == 1 ? "" : "s");
}

void duration_describe(int64_t time, int64_t now, char out[DURATION_SIZE])
{
    char length[DURATION_SIZE];

    duration_length(time > now ? time - now : now - time, length);
    if (time == now)
        snprintf(out, DURATION_SIZE, "now");
    else
        snprintf(out, DURATION_SIZE, "%s%.30s%s", time > now ? "in " : "", length, time > now ? "" : " ago");
}
