#include "base/interrupt.h"

#include "base/terminal.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
/* By default these end the process in the middle of a write(), which can as well fail and be dealt with. */
static struct {
    int number;
    struct sigaction given; /* what interrupt_restore() gives back */
} ignored[] = {{.number = SIGPIPE}, {.number = SIGXFSZ}};
static const char *farewell_text;
static _Atomic(const char *) doomed; /* file */
static atomic_int held;
static atomic_int pending;
static atomic_bool stop_pending;
static atomic_int ticks;

#define TICK 100000 /* microseconds */

/* Async-signal-safe. */
static void terminate(int number)
{
    const char *file = atomic_load(&doomed);

    terminal_restore();
    if (file)
        unlink(file);
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
        setitimer(ITIMER_REAL, &(struct itimerval){{0, TICK}, {0, TICK}}, NULL);
}

/* Ticks are counted rather than seconds: those that a stopped process misses come as one. */
static void handle_tick(int number)
{
    (void)number;
    if (atomic_fetch_add(&ticks, 1) >= INTERRUPT_TIMEOUT * 1000000 / TICK)
        terminate(atomic_load(&pending));
}

static void stop(void)
{
    terminal_suspend();
    raise(SIGSTOP);
}

/* After fg, or bg. */
static void handle_continue(int number)
{
    (void)number;
    terminal_resume();
}

/* Ctrl-Z. A process that is stopped between the rotation and the write would come back too late. */
static void handle_stop(int number)
{
    (void)number;
    if (atomic_load(&held))
        atomic_store(&stop_pending, true);
    else
        stop();
}

static void catch_unless_ignored(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    struct sigaction previous;

    /* nohup, background jobs and shells without job control ignore some of them on purpose. */
    if (sigaction(number, NULL, &previous) == 0 && previous.sa_handler != SIG_IGN)
        sigaction(number, &action, NULL);
}

void interrupt_catch(const char *farewell)
{
    struct sigaction tick = {.sa_handler = handle_tick, .sa_flags = SA_RESTART};
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    farewell_text = farewell;
    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
        sigaction(ignored[i].number, &ignore, &ignored[i].given);
    sigaction(SIGALRM, &tick, NULL);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        catch_unless_ignored(signals[i], handle);
    catch_unless_ignored(SIGTSTP, handle_stop);
    catch_unless_ignored(SIGCONT, handle_continue);
}

void interrupt_remove(const char *path)
{
    atomic_store(&doomed, path);
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
    if (atomic_exchange(&stop_pending, false))
        stop();
}

void interrupt_restore(void)
{
    struct sigaction previous;

    signal(SIGALRM, SIG_DFL);
    signal(SIGCONT, SIG_DFL);
    if (sigaction(SIGTSTP, NULL, &previous) == 0 && previous.sa_handler == handle_stop)
        signal(SIGTSTP, SIG_DFL);
    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
        sigaction(ignored[i].number, &ignored[i].given, NULL);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        if (sigaction(signals[i], NULL, &previous) == 0 && previous.sa_handler == handle)
            signal(signals[i], SIG_DFL);
}
