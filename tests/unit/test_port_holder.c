/* The port is somebody else's, on either family; and machines without IPv6. */
#include "net/port_holder.h"

#include "loopback_visitor.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* Another program that listens on a port of its own until it is killed. */
struct other {
    pid_t pid;
    uint16_t port;
};

static uint16_t listen_as_other(int family, bool wildcard)
{
    struct sockaddr_in6 address = {.sin6_family = (sa_family_t)family};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&address;
    socklen_t length = family == AF_INET ? sizeof(*v4) : sizeof(address);
    const int on = 1;
    int descriptor = socket(family, SOCK_STREAM, 0);

    /* As most servers have it: it must not let us share. */
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (family == AF_INET)
        v4->sin_addr.s_addr = htonl(wildcard ? INADDR_ANY : INADDR_LOOPBACK);
    else if (!wildcard)
        address.sin6_addr = in6addr_loopback;
    if (bind(descriptor, (struct sockaddr *)&address, length) != 0 || listen(descriptor, 1) != 0 ||
        getsockname(descriptor, (struct sockaddr *)&address, &length) != 0)
        return 0;
    return ntohs(address.sin6_port);
}

static struct other start_other(int family, bool wildcard, const char *name)
{
    struct other other = {0};
    int pipes[2];

    assert_int_equal(pipe(pipes), 0);
    other.pid = fork();
    if (other.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        prctl(PR_SET_NAME, name);
        other.port = listen_as_other(family, wildcard);
        (void)!write(pipes[1], &other.port, sizeof(other.port));
        for (;;)
            pause();
    }
    assert_int_equal(read(pipes[0], &other.port, sizeof(other.port)), sizeof(other.port));
    assert_int_not_equal(other.port, 0);
    close(pipes[0]);
    close(pipes[1]);
    return other;
}

static void stop_other(const struct other *other)
{
    kill(other->pid, SIGKILL);
    waitpid(other->pid, NULL, 0);
}

static void expect_taken(int family, bool wildcard)
{
    struct other other = start_other(family, wildcard, "squatter");
    struct port_holder holder = {0};
    struct error err = {0};
    char expected[64];

    snprintf(expected, sizeof(expected), "port %u is in use by squatter (pid %d)", other.port, other.pid);
    assert_null(loopback_listen(system_real(), other.port, &holder, &err));
    assert_int_equal(err.code, ERROR_PORT_IN_USE);
    assert_string_equal(err.message, expected);
    assert_string_not_equal(err.hint, "");
    assert_int_equal(holder.pid, other.pid);
    assert_string_equal(holder.command, "squatter");
    assert_null(loopback_listen(system_real(), other.port, NULL, &err));
    stop_other(&other);
}

static void a_port_taken_on_one_family_is_taken(void **state)
{
    (void)state;
    expect_taken(AF_INET, false);
    expect_taken(AF_INET6, false);
}

static void a_port_taken_on_all_addresses_is_taken(void **state)
{
    (void)state;
    expect_taken(AF_INET, true);
    expect_taken(AF_INET6, true);
}

/* Not even our own program twice. */
static void two_listeners_do_not_share(void **state)
{
    struct loopback *loopback = listen_anywhere();
    struct port_holder holder = {0};
    struct error err = {0};

    (void)state;
    assert_null(loopback_listen(system_real(), loopback_port(loopback), &holder, &err));
    assert_int_equal(err.code, ERROR_PORT_IN_USE);
    assert_int_equal(holder.pid, getpid());
    loopback_stop(&loopback);
}

static void the_name_is_made_printable(void **state)
{
    struct other other = start_other(AF_INET, false, "a\033[2Jb\nc\xc3\xa9");
    struct port_holder holder;

    (void)state;
    port_holder_find(AF_INET, other.port, &holder);
    assert_int_equal(holder.pid, other.pid);
    assert_string_equal(holder.command, "a?[2Jb");
    stop_other(&other);
}

static void a_free_port_has_no_holder(void **state)
{
    struct loopback *loopback = listen_anywhere();
    uint16_t port = loopback_port(loopback);
    struct port_holder holder = {.pid = 1, .command = "x"};

    (void)state;
    loopback_stop(&loopback);
    port_holder_find(AF_INET, port, &holder);
    assert_int_equal(holder.pid, 0);
    assert_string_equal(holder.command, "");
    port_holder_find(AF_INET6, port, &holder);
    assert_int_equal(holder.pid, 0);
}

/* From now on `call` fails with `number` where the argument at `position` is `value`. For good, so in a
 * child. */
static bool forbid(unsigned int call, unsigned int position, unsigned int value, unsigned int number)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned int)offsetof(struct seccomp_data, args) + 8 * position),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | number),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {ARRAY_SIZE(filter), filter};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

enum { CHILD_FINE, CHILD_FAILED, CHILD_CANNOT };

/* Signs in over IPv4 and tries IPv6, without asserts: they don't work in a child. */
static int sign_in_without_ipv6(void)
{
    struct error err = {0};
    struct loopback *loopback = loopback_listen(system_real(), 0, NULL, &err);
    struct buffer query = BUFFER(1024);
    struct visitor visitor = {
        .visits = {{.request = "GET /callback?state=" STATE " HTTP/1.1\r\nHost: localhost:{PORT}\r\n\r\n"}},
        .count = 1};
    bool fine;

    if (!loopback)
        return CHILD_FAILED;
    visitor_start(&visitor, AF_INET, loopback);
    fine = wait_for_state(loopback, -1, &query) == LOOPBACK_REDIRECT;
    fine = fine && visitor_connect(AF_INET6, loopback_port(loopback)) < 0;
    loopback_stop(&loopback);
    visitor_end(&visitor);
    buffer_release(&query);
    return fine ? CHILD_FINE : CHILD_FAILED;
}

static void expect_sign_in_when(unsigned int call, unsigned int position, unsigned int value,
                                unsigned int number)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit(forbid(call, position, value, number) ? sign_in_without_ipv6() : CHILD_CANNOT);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == CHILD_CANNOT)
        skip();
    assert_int_equal(WEXITSTATUS(status), CHILD_FINE);
}

static void it_works_on_a_kernel_without_ipv6(void **state)
{
    (void)state;
    expect_sign_in_when(__NR_socket, 0, AF_INET6, EAFNOSUPPORT);
}

/* net.ipv6.conf.lo.disable_ipv6: sockets can be had, the address can't. */
static void it_works_on_a_loopback_without_ipv6(void **state)
{
    (void)state;
    expect_sign_in_when(__NR_bind, 2, sizeof(struct sockaddr_in6), EADDRNOTAVAIL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_taken_on_one_family_is_taken),
        cmocka_unit_test(a_port_taken_on_all_addresses_is_taken),
        cmocka_unit_test(two_listeners_do_not_share),
        cmocka_unit_test(the_name_is_made_printable),
        cmocka_unit_test(a_free_port_has_no_holder),
        cmocka_unit_test(it_works_on_a_kernel_without_ipv6),
        cmocka_unit_test(it_works_on_a_loopback_without_ipv6),
    };

    return cmocka_run_group_tests_name("port holder", tests, NULL, NULL);
}
