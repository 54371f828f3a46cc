#include "cmd/when.h"

#include "base/duration.h"
#include "base/memory.h"

#include <time.h>

char *when_describe(int64_t time, int64_t now)
{
    char relative[DURATION_SIZE];
    char date[64] = "date out of range";
    time_t clock = (time_t)time;
    struct tm local;

    duration_describe(time, now, relative);
    if (localtime_r(&clock, &local))
        strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S %Z", &local);
    return memory_format("%s (%s)", relative, date);
}
