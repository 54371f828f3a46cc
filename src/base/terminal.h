/* A terminal that is asked for a secret: nothing typed is shown, and it is as it was however we leave. */
#pragma once

#include <stdbool.h>

/*
 * Switches echo off on `descriptor`, and suspending (Ctrl-Z) with it: a stopped job would leave a silent
 * shell, or come back with echo on. What was typed before is discarded. False when it is no terminal. One at
 * a time.
 */
bool terminal_hide(int descriptor);

/* Undoes terminal_hide(), if it is in effect. Async-signal-safe. */
void terminal_restore(void);
