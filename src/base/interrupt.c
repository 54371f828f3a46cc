#include "base/interrupt.h"

#include "base/terminal.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
/* By default these end the process in the middle of a write(), which can as well fail and be dealt with. */
static struct {
    int number;
    struct sigaction given; /* what interrupt_restore() gives back */
} ignored[] = {{.number = SIGPIPE}, {.number = SIGXFSZ}};
static const char *farewell_text;
static atomic_int held;
static atomic_int pending;

/* Async-signal-safe. */
static void terminate(int number)
{
    terminal_restore();
    if (isatty(STDERR_FILENO))
        (void)!write(STDERR_FILENO, "\n", 1);
    if (farewell_text)
        (void)!write(STDOUT_FILENO, farewell_text, strlen(farewell_text));
    _exit(128 + number);
}

static void handle(int number)
{
    if (atomic_load(&held) == 0)
        terminate(number);
    if (atomic_exchange(&pending, number) == 0)
        alarm(INTERRUPT_TIMEOUT);
}

static void handle_timeout(int number)
{
    (void)number;
    terminate(atomic_load(&pending));
}

void interrupt_catch(const char *farewell)
{
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    struct sigaction timeout = {.sa_handler = handle_timeout};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction previous;

    farewell_text = farewell;
    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
        sigaction(ignored[i].number, &ignore, &ignored[i].given);
    sigaction(SIGALRM, &timeout, NULL);
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        /* nohup and background jobs ignore some of them on purpose. */
        if (sigaction(signals[i], NULL, &previous) == 0 && previous.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

void interrupt_hold(void)
{
    atomic_fetch_add(&held, 1);
}

void interrupt_release(void)
{
    int number;

    if (atomic_fetch_sub(&held, 1) != 1)
        return;
    number = atomic_load(&pending);
    if (number)
        terminate(number);
}

void interrupt_restore(void)
{
    struct sigaction previous;

    signal(SIGALRM, SIG_DFL);
    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
        sigaction(ignored[i].number, &ignored[i].given, NULL);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        if (sigaction(signals[i], NULL, &previous) == 0 && previous.sa_handler == handle)
            signal(signals[i], SIG_DFL);
}
