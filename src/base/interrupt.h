/*
 * Ctrl-C, SIGTERM, SIGHUP and SIGQUIT exit at once with 130 (or 128 + signal).
 *
 * The kernel releases port and locks, so exiting from the signal handler is safe, after terminal_restore().
 * Only storing a refresh token that Logto has already rotated must not be interrupted, nor stopped (Ctrl-Z):
 * that is between interrupt_hold() and interrupt_release().
 */
#pragma once

/*
 * Installs the handlers, and ignores SIGPIPE and SIGXFSZ: such a write fails like any other. `farewell` is
 * written to stdout on exit; it may be NULL and must stay valid.
 */
void interrupt_catch(const char *farewell);

/* The file to remove on exit, which must not stay unfinished; its name must stay valid. NULL: none. */
void interrupt_remove(const char *path);

/*
 * Delay signals; calls nest. A signal that arrives in between takes effect at the outermost release, or after
 * INTERRUPT_TIMEOUT seconds, in which a stopped process doesn't age: a server that never answers must not
 * block Ctrl-C.
 */
#define INTERRUPT_TIMEOUT 5
void interrupt_hold(void);
void interrupt_release(void);

/* Restores the signal handlers from before interrupt_catch(), for a program that replaces this process. */
void interrupt_restore(void);
