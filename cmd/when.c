#include "cmd/when.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static const struct {
    int64_t seconds;
    const char *name;
} units[] = {{INT64_C(365) * 86400, "year"}, {86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};

static void describe_span(int64_t seconds, char *out, size_t size)
{
    size_t i = 0;

    /* The unit of which there are two at least: "90 minutes" says more than "1 hour". */
    while (i < ARRAY_SIZE(units) - 1 && seconds < 2 * units[i].seconds)
        i++;
    snprintf(out, size, "%" PRId64 " %s%s", seconds / units[i].seconds, units[i].name,
             seconds / units[i].seconds == 1 ? "" : "s");
}

char *when_describe(int64_t time, int64_t now)
{
    char span[64];
    char date[64] = "date out of range";
    time_t clock = (time_t)time;
    struct tm local;

    describe_span(time > now ? time - now : now - time, span, sizeof(span));
    if (localtime_r(&clock, &local))
        strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S %Z", &local);
    if (time == now)
        return memory_format("now (%s)", date);
    return time > now ? memory_format("in %s (%s)", span, date) : memory_format("%s ago (%s)", span, date);
}
