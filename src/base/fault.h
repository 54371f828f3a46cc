/*
 * Places where the crash tests kill the process. In a build without LOGTO_FAULTS they are nothing at all;
 * with it, the one that the environment variable LOGTO_FAULT names ends the process as kill -9 would.
 */
#pragma once

#ifdef LOGTO_FAULTS
void fault_point(const char *name);
#define FAULT_POINT(name) fault_point(name)
#else
#define FAULT_POINT(name) ((void)0)
#endif
