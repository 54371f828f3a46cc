/* Signals, each in a process of its own that says by its end what happened. */
#include "unit.h"

#include "base/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs `work` in a child whose standard output comes back in `said`; its wait status. */
static int run(void (*work)(void), char said[64])
{
    int pipes[2];
    int status = -1;
    pid_t child;
    size_t length = 0;
    ssize_t got;

    assert_int_equal(pipe(pipes), 0);
    child = fork();
    if (child == 0) {
        dup2(pipes[1], STDOUT_FILENO);
        close(pipes[0]);
        close(pipes[1]);
        alarm(20); /* a test that hangs fails */
        work();
        _exit(0);
    }
    close(pipes[1]);
    while ((got = read(pipes[0], said + length, 63 - length)) > 0)
        length += (size_t)got;
    said[length] = '\0';
    close(pipes[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void expect_exit(void (*work)(void), int code, const char *words)
{
    char said[64];
    int status = run(work, said);

    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), code);
    assert_string_equal(said, words);
}

static void say(const char *words)
{
    (void)!write(STDOUT_FILENO, words, strlen(words));
}

static void interrupt_at_once(void)
{
    interrupt_catch("farewell\n");
    raise(SIGINT);
    say("never");
}

static void terminate_at_once(void)
{
    interrupt_catch(NULL);
    raise(SIGTERM);
    say("never");
}

static void hang_up_at_once(void)
{
    interrupt_catch(NULL);
    raise(SIGHUP);
    say("never");
}

static void quit_at_once(void)
{
    interrupt_catch(NULL);
    raise(SIGQUIT);
    say("never");
}

static void a_signal_leaves_at_once(void **state)
{
    (void)state;
    expect_exit(quit_at_once, 128 + SIGQUIT, "");
    expect_exit(interrupt_at_once, 130, "farewell\n");
    expect_exit(terminate_at_once, 128 + SIGTERM, "");
    expect_exit(hang_up_at_once, 128 + SIGHUP, "");
}

static void hold_then_interrupt(void)
{
    interrupt_catch("farewell");
    interrupt_hold();
    raise(SIGINT);
    say("stored, ");
    interrupt_release();
    say("never");
}

static void hold_twice(void)
{
    interrupt_catch("farewell");
    interrupt_hold();
    interrupt_hold();
    raise(SIGTERM);
    interrupt_release();
    say("still here, ");
    interrupt_release();
    say("never");
}

static void hold_and_release_without_a_signal(void)
{
    interrupt_catch("farewell");
    interrupt_hold();
    interrupt_release();
    say("here, ");
    raise(SIGINT);
    say("never");
}

static void what_is_held_is_finished_first(void **state)
{
    (void)state;
    expect_exit(hold_then_interrupt, 130, "stored, farewell");
    expect_exit(hold_twice, 128 + SIGTERM, "still here, farewell");
    expect_exit(hold_and_release_without_a_signal, 130, "here, farewell");
}

/* The patience of INTERRUPT_TIMEOUT is an alarm; here it comes at once. */
static void hold_until_patience_ends(void)
{
    interrupt_catch("farewell");
    interrupt_hold();
    raise(SIGTERM);
    say("waiting, ");
    for (int tick = 0; tick < INTERRUPT_TIMEOUT * 10 + 1; tick++)
        raise(SIGALRM);
    say("never");
}

static bool timer_runs(void)
{
    struct itimerval left;

    return getitimer(ITIMER_REAL, &left) == 0 && left.it_value.tv_usec > 0;
}

static void the_timer_is_set_by_the_first_signal_only(void)
{
    interrupt_catch(NULL);
    interrupt_hold();
    raise(SIGINT);
    if (!timer_runs())
        _exit(1);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
    raise(SIGINT);
    if (timer_runs())
        _exit(1);
    interrupt_release();
}

static void what_is_held_has_an_end(void **state)
{
    (void)state;
    expect_exit(hold_until_patience_ends, 128 + SIGTERM, "waiting, farewell");
    expect_exit(the_timer_is_set_by_the_first_signal_only, 130, "");
}

static void ignore_then_catch(void)
{
    signal(SIGHUP, SIG_IGN);
    interrupt_catch(NULL);
    raise(SIGHUP);
    say("nohup");
}

static void what_was_ignored_on_purpose_stays_ignored(void **state)
{
    (void)state;
    expect_exit(ignore_then_catch, 0, "nohup");
}

static void write_to_nobody(void)
{
    int ends[2];

    interrupt_catch(NULL);
    if (pipe(ends) != 0 || close(ends[0]) != 0)
        _exit(1);
    if (write(ends[1], "x", 1) < 0 && errno == EPIPE)
        say("EPIPE");
    raise(SIGXFSZ);
    say(", alive");
}

static void restore_then_write_to_nobody(void)
{
    int ends[2];

    interrupt_catch(NULL);
    interrupt_restore();
    if (pipe(ends) != 0 || close(ends[0]) != 0)
        _exit(1);
    (void)!write(ends[1], "x", 1);
    say("never");
}

static void a_write_fails_instead_of_killing(void **state)
{
    char said[64];

    (void)state;
    expect_exit(write_to_nobody, 0, "EPIPE, alive");
    assert_int_equal(WTERMSIG(run(restore_then_write_to_nobody, said)), SIGPIPE);
    assert_string_equal(said, "");
}

static void restore_then_terminate(void)
{
    interrupt_catch("farewell");
    interrupt_restore();
    raise(SIGTERM);
}

static void restore_with_an_ignored_one(void)
{
    signal(SIGHUP, SIG_IGN);
    interrupt_catch(NULL);
    interrupt_restore();
    raise(SIGHUP);
    say("nohup");
}

static void restored_signals_do_what_they_always_did(void **state)
{
    char said[64];
    int status = run(restore_then_terminate, said);

    (void)state;
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTERM);
    assert_string_equal(said, "");
    expect_exit(restore_with_an_ignored_one, 0, "nohup");
}

static int progress[2];

/* Runs `work` in a child that stops once; `reached` says whether it had got to its end by then. */
static void expect_stop(void (*work)(void), bool reached)
{
    int status = 0;
    char byte;
    pid_t child;

    assert_int_equal(pipe2(progress, O_NONBLOCK), 0);
    child = fork();
    if (child == 0) {
        interrupt_catch(NULL);
        work();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, WUNTRACED), child);
    assert_true(WIFSTOPPED(status));
    assert_int_equal(read(progress[0], &byte, 1), reached ? 1 : -1);
    kill(child, SIGCONT);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close(progress[0]);
    close(progress[1]);
}

static void stop_at_once(void)
{
    raise(SIGTSTP);
    (void)!write(progress[1], "x", 1);
}

static void stop_while_held(void)
{
    interrupt_hold();
    raise(SIGTSTP);
    (void)!write(progress[1], "x", 1);
    interrupt_release();
}

static void suspending_waits_like_other_signals(void **state)
{
    (void)state;
    expect_stop(stop_at_once, false);
    expect_stop(stop_while_held, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suspending_waits_like_other_signals),
        cmocka_unit_test(a_signal_leaves_at_once),
        cmocka_unit_test(what_is_held_is_finished_first),
        cmocka_unit_test(what_is_held_has_an_end),
        cmocka_unit_test(what_was_ignored_on_purpose_stays_ignored),
        cmocka_unit_test(a_write_fails_instead_of_killing),
        cmocka_unit_test(restored_signals_do_what_they_always_did),
    };

    return cmocka_run_group_tests_name("interrupt", tests, NULL, NULL);
}
