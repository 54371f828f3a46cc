#include "base/fault.h"

#ifdef LOGTO_FAULTS
#include <signal.h>
#include <stdlib.h>
#include <string.h>

void fault_point(const char *name)
{
    const char *wanted = getenv("LOGTO_FAULT");

    if (wanted && strcmp(wanted, name) == 0)
        raise(SIGKILL);
}
#else
typedef int fault_points_are_compiled_out; /* ISO C wants something in every file */
#endif
