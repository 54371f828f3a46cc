/*
 * A terminal on which nothing typed is shown, and which is as it was however we leave. One at a time. What
 * was typed and not read is discarded at both ends.
 */
#pragma once

#include <stdbool.h>

/*
 * For a secret. Switches echo off on `descriptor`, and suspending (Ctrl-Z) with it: a stopped job would leave
 * a silent shell, or come back with echo on. False when it is no terminal.
 */
bool terminal_hide(int descriptor);

/*
 * For what is pasted during a wait. Switches echo off whenever we are in the foreground, and gives what is
 * typed at once instead of by the line, which the kernel cuts at 4095 bytes. Suspending works. Nothing
 * happens when it is no terminal. To be repeated now and then: a shell doesn't tell a running job that it has
 * come to the foreground.
 */
void terminal_begin_paste(int descriptor);

/* Whether `descriptor` may be read: a terminal stops a background process that tries. */
bool terminal_is_ours(int descriptor);

/* Undoes either, if it is in effect. Async-signal-safe, like the next two. */
void terminal_restore(void);

/* Before we stop while pasting is expected, and when we go on: maybe in the background. */
void terminal_suspend(void);
void terminal_resume(void);
