#include "base/terminal.h"

#include <stdatomic.h>
#include <termios.h>
#include <unistd.h>

/* For the signal handler, so there can be only one. */
static struct termios shown;
static atomic_int hidden = -1; /* the descriptor, or -1 */

bool terminal_hide(int descriptor)
{
    struct termios silent;

    if (tcgetattr(descriptor, &shown) != 0)
        return false;
    silent = shown;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    silent.c_cc[VSUSP] = _POSIX_VDISABLE;
    atomic_store(&hidden, descriptor);
    if (tcsetattr(descriptor, TCSAFLUSH, &silent) == 0)
        return true;
    atomic_store(&hidden, -1);
    return false;
}

void terminal_restore(void)
{
    int descriptor = atomic_exchange(&hidden, -1);

    if (descriptor >= 0)
        tcsetattr(descriptor, TCSAFLUSH, &shown);
}
