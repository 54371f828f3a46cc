/* Where the kernel lets nobody add keys (some containers) only the misses can be tested. */
#include "unit.h"

#include "base/kernel_key.h"

#include <linux/keyctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char name[64];

static int choose_name(void **state)
{
    (void)state;
    snprintf(name, sizeof(name), "logto-test:%ld", (long)getpid());
    return 0;
}

static int remove_key(void **state)
{
    (void)state;
    kernel_key_remove(name, NULL);
    return 0;
}

static void write_key(const char *text, int64_t seconds)
{
    _cleanup_secret_ struct secret *value = secret_from_text(text);
    struct error err;

    if (!kernel_key_write(name, value, seconds, &err)) {
        print_message("%s\n", err.message);
        skip();
    }
}

static void expect_key(const char *text)
{
    _cleanup_secret_ struct secret *value = NULL;
    struct error err;

    if (!kernel_key_read(name, &value, &err))
        fail_msg("%s", err.message);
    assert_string_equal(secret_text(value), text);
}

static bool is_there(void)
{
    _cleanup_secret_ struct secret *value = NULL;

    return kernel_key_read(name, &value, NULL);
}

static long serial_number(void)
{
    return syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user", name, 0);
}

static void what_is_not_there_is_a_miss(void **state)
{
    struct secret *value = NULL;
    struct error err;

    (void)state;
    assert_false(kernel_key_read(name, &value, &err));
    assert_error(&err, ERROR_STORE_UNAVAILABLE, "kernel's keyring");
    assert_null(value);
    assert_false(kernel_key_set_timeout(name, 10, NULL));
}

static void a_key_is_read_replaced_and_removed(void **state)
{
    (void)state;
    write_key("one", 60);
    expect_key("one");
    write_key("another", 60);
    expect_key("another");
    assert_true(kernel_key_remove(name, NULL));
    assert_false(is_there());
    assert_true(kernel_key_remove(name, NULL));
}

static void only_this_user_may_use_it_and_no_keyring_but_theirs_holds_it(void **state)
{
    char text[256] = "";

    (void)state;
    write_key("one", 60);
    assert_true(syscall(SYS_keyctl, KEYCTL_DESCRIBE, serial_number(), text, sizeof(text) - 1) > 0);
    assert_non_null(strstr(text, ";003f0000;"));
    assert_int_equal(syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_THREAD_KEYRING, "user", name, 0), -1);
}

static void it_vanishes_when_its_time_is_up(void **state)
{
    (void)state;
    write_key("one", 60);
    assert_true(kernel_key_set_timeout(name, 1, NULL));
    for (int i = 0; is_there(); i++) {
        assert_true(i < 5000);
        usleep(1000);
    }
}

static void a_fresh_session_keyring_makes_no_difference(void **state)
{
    int status;
    pid_t child;

    (void)state;
    write_key("one", 60);
    child = fork();
    if (child == 0) {
        syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
        _exit(is_there() ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void another_user_does_not_find_it(void **state)
{
    long serial;
    int status;
    pid_t child;

    (void)state;
    if (geteuid() != 0)
        skip();
    write_key("one", 60);
    serial = serial_number();
    child = fork();
    if (child == 0) {
        char bytes[16];

        if (setuid(65534) != 0)
            _exit(2);
        _exit(is_there() || syscall(SYS_keyctl, KEYCTL_READ, serial, bytes, sizeof(bytes)) >= 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Every replacement frees the one before, or the quota would run out. */
static void a_thousand_replacements_fit(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        write_key("0123456789abcdef0123456789abcdef", 60);
    expect_key("0123456789abcdef0123456789abcdef");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_not_there_is_a_miss, choose_name, remove_key),
        cmocka_unit_test_setup_teardown(a_key_is_read_replaced_and_removed, choose_name, remove_key),
        cmocka_unit_test_setup_teardown(only_this_user_may_use_it_and_no_keyring_but_theirs_holds_it,
                                        choose_name, remove_key),
        cmocka_unit_test_setup_teardown(it_vanishes_when_its_time_is_up, choose_name, remove_key),
        cmocka_unit_test_setup_teardown(a_fresh_session_keyring_makes_no_difference, choose_name, remove_key),
        cmocka_unit_test_setup_teardown(another_user_does_not_find_it, choose_name, remove_key),
        cmocka_unit_test_setup_teardown(a_thousand_replacements_fit, choose_name, remove_key),
    };

    return cmocka_run_group_tests_name("kernel_key", tests, NULL, NULL);
}
