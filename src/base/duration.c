#include "base/duration.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>

static const struct {
    int64_t seconds;
    const char *name;
} units[] = {{INT64_C(365) * 86400, "year"}, {86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};

void duration_describe(int64_t time, int64_t now, char out[DURATION_SIZE])
{
    int64_t seconds = time > now ? time - now : now - time;
    int64_t count;
    size_t i = 0;

    /* The unit of which there are two at least: "90 minutes" says more than "1 hour". */
    while (i < ARRAY_SIZE(units) - 1 && seconds < 2 * units[i].seconds)
        i++;
    count = seconds / units[i].seconds;
    if (seconds == 0)
        snprintf(out, DURATION_SIZE, "now");
    else
        snprintf(out, DURATION_SIZE, "%s%" PRId64 " %s%s%s", time > now ? "in " : "", count, units[i].name,
                 count == 1 ? "" : "s", time > now ? "" : " ago");
}
