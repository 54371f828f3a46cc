/*
 * Places where the kill tests (tests/kills) end the process, or stop it. In a build without LOGTO_FAULTS they
 * are nothing at all. With it:
 *
 * LOGTO_FAULT=NAME[:N]   the point NAME, or when it is passed for the Nth time, ends the process as kill -9
 *                        would
 * LOGTO_FAULT_STOP=1     it stops the process instead, as kill -STOP would
 * LOGTO_FAULT_TRACE=FILE each point that is passed appends a line to FILE: its name, and the time in seconds
 */
#pragma once

#ifdef LOGTO_FAULTS
void fault_point(const char *name);
#define FAULT_POINT(name) fault_point(name)
#else
#define FAULT_POINT(name) ((void)0)
#endif
