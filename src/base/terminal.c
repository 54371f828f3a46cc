#include "base/terminal.h"

#include <errno.h>
#include <stdatomic.h>
#include <termios.h>
#include <unistd.h>

/* For the signal handler, so there can be only one. */
static struct termios shown;
static atomic_int hidden = -1;  /* the descriptor, or -1 */
static atomic_int pasting = -1; /* the descriptor that is to be hidden in the foreground, or -1 */

static bool change(int descriptor, const struct termios *silent)
{
    atomic_store(&hidden, descriptor);
    if (tcsetattr(descriptor, TCSAFLUSH, silent) == 0)
        return true;
    atomic_store(&hidden, -1);
    return false;
}

/* What it was is asked only while it isn't hidden. */
static bool make_silent(int descriptor, struct termios *silent)
{
    if (tcgetattr(descriptor, silent) != 0)
        return false;
    if (atomic_load(&hidden) < 0)
        shown = *silent;
    silent->c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    return true;
}

bool terminal_hide(int descriptor)
{
    struct termios silent;

    if (!make_silent(descriptor, &silent))
        return false;
    silent.c_cc[VSUSP] = _POSIX_VDISABLE;
    return change(descriptor, &silent);
}

void terminal_begin_paste(int descriptor)
{
    atomic_store(&pasting, descriptor);
    if (atomic_load(&hidden) < 0)
        terminal_resume();
}

/* In the background, changing a terminal would stop us, and it is somebody else's anyway. */
static bool is_foreground(int descriptor)
{
    return tcgetpgrp(descriptor) == getpgrp();
}

bool terminal_is_ours(int descriptor)
{
    return descriptor >= 0 && (is_foreground(descriptor) || !isatty(descriptor));
}

void terminal_resume(void)
{
    int descriptor = atomic_load(&pasting);
    int error_number = errno;
    struct termios silent;

    if (descriptor >= 0 && is_foreground(descriptor) && make_silent(descriptor, &silent)) {
        silent.c_lflag &= ~(tcflag_t)ICANON;
        silent.c_cc[VMIN] = 1;
        silent.c_cc[VTIME] = 0;
        change(descriptor, &silent);
    }
    errno = error_number;
}

static void show(void)
{
    int descriptor = atomic_exchange(&hidden, -1);

    if (descriptor >= 0)
        tcsetattr(descriptor, TCSAFLUSH, &shown);
}

void terminal_suspend(void)
{
    if (atomic_load(&pasting) >= 0)
        show();
}

void terminal_restore(void)
{
    atomic_store(&pasting, -1);
    show();
}
