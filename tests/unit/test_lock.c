#include "unit.h"

#include "base/lock.h"
#include "base/memory.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/logto-lock-XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static int make_scene(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int release_scene(void **state)
{
    _cleanup_free_ char *command = memory_format("rm -rf %s", folder);

    (void)state;
    return system(command); /* NOLINT(cert-env33-c): a path of our own making */
}

static void locks_out_others_until_released(void **state)
{
    struct system *system = system_real();
    struct error err;
    int lock = -1;
    int second = -1;

    (void)state;
    assert_true(lock_take(in_folder("l/lock"), system, &(struct lock_wait){.timeout = 1000}, &lock, &err));
    assert_false(lock_take(in_folder("l/lock"), system, &(struct lock_wait){.timeout = 50}, &second, &err));
    assert_error(&err, ERROR_IO, "another logto process (pid ");
    assert_non_null(strstr(err.hint, "kill"));
    assert_int_equal(second, -1);
    lock_release(&lock);
    assert_int_equal(lock, -1);
    lock_release(&lock);
    assert_true(lock_take(in_folder("l/lock"), system, &(struct lock_wait){.timeout = 0}, &second, &err));
    lock_release(&second);
}

/* The kernel gives the lock back when its holder dies in whatever way. */
static void outlives_a_killed_holder(void **state)
{
    struct system *system = system_real();
    struct error err;
    int ready[2];
    int lock = -1;
    char byte;
    pid_t child;

    (void)state;
    assert_int_equal(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        (void)!write(
            ready[1],
            lock_take(in_folder("k"), system, &(struct lock_wait){.timeout = 1000}, &lock, &err) ? "y" : "n",
            1);
        pause();
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    assert_false(lock_take(in_folder("k"), system, &(struct lock_wait){.timeout = 0}, &lock, &err));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    assert_true(lock_take(in_folder("k"), system, &(struct lock_wait){.timeout = 1000}, &lock, &err));
    lock_release(&lock);
    close(ready[0]);
    close(ready[1]);
}

static void follows_no_link_as_lock(void **state)
{
    struct system *system = system_real();
    struct error err;
    char target[256];
    int lock = -1;

    (void)state;
    snprintf(target, sizeof(target), "%s", in_folder("target"));
    assert_int_equal(symlink(target, in_folder("link")), 0);
    assert_false(lock_take(in_folder("link"), system, &(struct lock_wait){.timeout = 0}, &lock, &err));
    assert_int_equal(err.code, ERROR_IO);
    assert_int_equal(access(target, F_OK), -1);
}

static void note_holder(void *data, int holder)
{
    *(int *)data = holder;
}

/* Who waits longer than two seconds is told, once, for whom. */
static void a_long_wait_is_reported_with_its_holder(void **state)
{
    struct system *system = system_real();
    int lock = -1, second = -1, holder = 0;
    struct lock_wait wait = {.timeout = 2300, .waiting = note_holder, .data = &holder};

    (void)state;
    assert_true(lock_take(in_folder("n"), system, &(struct lock_wait){.timeout = 0}, &lock, NULL));
    assert_false(lock_take(in_folder("n"), system, &wait, &second, NULL));
    assert_int_equal(holder, getpid());
    lock_release(&lock);
}

/* Opening a FIFO would wait for a writer. */
static void a_fifo_is_no_lock_and_does_not_hang(void **state)
{
    struct error err;
    int lock = -1;

    (void)state;
    assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
    assert_false(lock_take(in_folder("fifo"), system_real(), &(struct lock_wait){.timeout = 0}, &lock, &err));
    assert_int_equal(err.code, ERROR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(locks_out_others_until_released),
        cmocka_unit_test(outlives_a_killed_holder),
        cmocka_unit_test(follows_no_link_as_lock),
        cmocka_unit_test(a_long_wait_is_reported_with_its_holder),
        cmocka_unit_test(a_fifo_is_no_lock_and_does_not_hang),
    };

    return cmocka_run_group_tests_name("lock", tests, make_scene, release_scene);
}
