#include "cmd/when.h"

#include "base/duration.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* RFC 3339, 5.6 with a blank; not the zone's abbreviation, of which several zones have the same. */
static char *describe_date(int64_t time)
{
    time_t clock = (time_t)time;
    struct tm local;
    char date[64], offset[32] = "UTC";
    long minutes;

    tzset();
    if (!localtime_r(&clock, &local) || strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &local) == 0)
        return memory_duplicate("date out of range");
    minutes = labs(local.tm_gmtoff) / 60;
    if (minutes)
        snprintf(offset, sizeof(offset), "%c%02ld:%02ld", local.tm_gmtoff < 0 ? '-' : '+', minutes / 60,
                 minutes % 60);
    return memory_format("%s %s", date, offset);
}

char *when_describe(int64_t time, int64_t now)
{
    char relative[DURATION_SIZE];
    _cleanup_free_ char *date = describe_date(time);

    duration_describe(time, now, relative);
    return memory_format("%s (%s)", relative, date);
}
