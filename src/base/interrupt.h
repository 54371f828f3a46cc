/*
 * Ctrl-C, SIGTERM and SIGHUP: leave at once with 130 (or 128 + signal), unless something must be finished
 * first.
 *
 * The kernel frees port and locks; so leaving from the signal handler is both the fastest and the simplest
 * way. The one thing that must not be cut off is storing a refresh token that Logto has already rotated: that
 * stands between interrupt_hold() and interrupt_release().
 */
#pragma once

/* Installs the handlers. `farewell` is written to stdout on the way out, or NULL; it must stay valid. */
void interrupt_catch(const char *farewell);

/*
 * Nest; a signal that came in between takes effect at the outermost release, or after INTERRUPT_PATIENCE
 * seconds: a server that never answers must not hold the person up, and what it hasn't said by then can't be
 * rescued anyway.
 */
#define INTERRUPT_PATIENCE 5
void interrupt_hold(void);
void interrupt_release(void);

/*
 * Gives the signals back what they were before interrupt_catch(), for a program that
 * replaces this process.
 */
void interrupt_restore(void);
