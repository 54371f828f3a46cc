/* Whose connection it is: rows as kernels print them, the rules, and real connections of several users. */
#include "unit.h"

#include "base/memory.h"
#include "net/connection_owner.h"

#include <arpa/inet.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OTHER_USER = 65533 };

static void assert_address(const struct in6_addr *address, const char *expected)
{
    char text[INET6_ADDRSTRLEN];

    assert_string_equal(inet_ntop(AF_INET6, address, text, sizeof(text)), expected);
}

/* The words of the tables are in the machine's order: these rows come from a little-endian one. */
#define V4                                                                                                   \
    "  12: 0100007F:D2F0 0100007F:0BB8 01 00000000:00000000 00:00000000 00000000  1000        0 538965 1 "   \
    "00000000f34d0f33 20 4 30 10 -1\n"
#define V6                                                                                                   \
    "   3: 00000000000000000000000001000000:D2F0 00000000000000000000000001000000:0BB8 01 "                  \
    "00000000:00000000 02:000006E2 00000000     0        0 42 2 0000000000000000 20 4 30 10 -1\n"
#define MAPPED                                                                                               \
    " 100: 0000000000000000FFFF00000100007F:0001 0000000000000000FFFF00000100007F:FFFF 01 "                  \
    "00000000:00000000 00:00000000 00000000 4294967294 0 18446744073709551615 1\n"

static void rows_are_read(void **state)
{
    struct connection_row row = {.uid = 0};

    (void)state;
    if (__BYTE_ORDER != __LITTLE_ENDIAN)
        skip();
    assert_true(connection_owner_parse_row(V4, &row));
    assert_address(&row.local, "::ffff:127.0.0.1");
    assert_int_equal(row.local_port, 0xD2F0);
    assert_int_equal(row.remote_port, 3000);
    assert_int_equal(row.uid, 1000);
    assert_int_equal(row.inode, 538965);
    assert_true(connection_owner_parse_row(V6, &row));
    assert_address(&row.remote, "::1");
    assert_int_equal(row.uid, 0);
    assert_int_equal(row.inode, 42);
    assert_true(connection_owner_parse_row(MAPPED, &row));
    assert_address(&row.local, "::ffff:127.0.0.1");
    assert_int_equal(row.remote_port, 65535);
    assert_int_equal(row.uid, 4294967294);
    assert_true(row.inode == UINT64_MAX);
}

static void what_is_no_row_is_refused(void **state)
{
    static const char *const lines[] = {
        "",
        "\n",
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n",
        "0: 0100007F:D2F0 0100007F:0BB8 01 0:0 0:0 0 1000 0\n",         /* no inode */
        "0: 0100007F:D2F0 0100007F:0BB8 01 0:0 0:0 0 -1 0 1\n",         /* no number */
        "0: 0100007F:D2F0 0100007F:0BB8 01 0:0 0:0 0 4294967296 0 1\n", /* no uid */
        "0: 0100007F:D2F0 0100007F:0BB8 01 0:0 0:0 0 1 0 18446744073709551616\n",
        "0: 0100007F:D2F 0100007F:0BB8 01 0:0 0:0 0 1000 0 1\n",
        "0: 010000:D2F0 0100007F:0BB8 01 0:0 0:0 0 1000 0 1\n",
        "0: 0100007F0100007F:D2F0 0100007F:0BB8 01 0:0 0:0 0 1000 0 1\n",
        "0: 0100007G:D2F0 0100007F:0BB8 01 0:0 0:0 0 1000 0 1\n",
        "0: 0100007F:D2F0 0100007F:0BB8\n",
        "0: 0100007F:D2F0\n",
        "0:\n",
        ": 0100007F:D2F0 0100007F:0BB8 01 0:0 0:0 0 1000 0 1\n",
    };
    struct connection_row row = {.uid = 7};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
        if (connection_owner_parse_row(lines[i], &row))
            fail_msg("taken: %s", lines[i]);
    assert_int_equal(row.uid, 7);
}

static void a_row_cut_anywhere_is_refused_or_whole(void **state)
{
    size_t inode = (size_t)(strstr(V4, "538965") - V4);

    (void)state;
    for (size_t length = 0; length <= inode; length++) {
        struct connection_row row;
        _cleanup_free_ char *line = memory_format("%.*s", (int)length, V4);

        assert_false(connection_owner_parse_row(line, &row));
    }
}

static void expect_verdict(uint32_t uid, uint64_t inode, bool established, bool identity_map,
                           enum connection_owner expected)
{
    const struct connection_viewer viewer = {
        .uid = 1000, .overflow_uid = 65534, .identity_map = identity_map};
    const struct connection_row row = {.uid = uid, .inode = inode};

    assert_int_equal(connection_owner_judge(&row, established, &viewer), expected);
}

static void the_rules_are_those_of_the_design(void **state)
{
    const struct connection_viewer viewer = {.uid = 1000, .overflow_uid = 65534, .identity_map = true};

    (void)state;
    expect_verdict(1000, 42, true, true, CONNECTION_OURS);
    expect_verdict(0, 42, true, true, CONNECTION_OURS);
    expect_verdict(1001, 42, true, true, CONNECTION_OTHER);
    expect_verdict(65534, 42, true, true, CONNECTION_OTHER);
    expect_verdict(65534, 42, true, false, CONNECTION_UNKNOWN);
    expect_verdict(1001, 42, true, false, CONNECTION_OTHER);
    expect_verdict(0, 0, true, true, CONNECTION_GONE); /* an orphan is nobody's */
    expect_verdict(1000, 0, true, true, CONNECTION_GONE);
    expect_verdict(1000, 42, false, true, CONNECTION_GONE);
    expect_verdict(1001, 42, false, true, CONNECTION_GONE);
    assert_int_equal(connection_owner_judge(NULL, true, &viewer), CONNECTION_UNKNOWN);
    assert_int_equal(connection_owner_judge(NULL, false, &viewer), CONNECTION_GONE);
}

/* ---- real connections ---- */

struct way {
    const char *name;
    int server_family, client_family;
    const char *server, *client; /* addresses */
};

static const struct way ways[] = {
    {"IPv4", AF_INET, AF_INET, "127.0.0.1", "127.0.0.1"},
    {"IPv6", AF_INET6, AF_INET6, "::1", "::1"},
    {"mapped", AF_INET, AF_INET6, "127.0.0.1", "::ffff:127.0.0.1"},
};

static socklen_t make_address(int family, const char *text, uint16_t port, struct sockaddr_storage *out)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)out;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

    memset(out, 0, sizeof(*out));
    out->ss_family = (sa_family_t)family;
    if (family == AF_INET) {
        v4->sin_port = htons(port);
        inet_pton(family, text, &v4->sin_addr);
        return sizeof(*v4);
    }
    v6->sin6_port = htons(port);
    inet_pton(family, text, &v6->sin6_addr);
    return sizeof(*v6);
}

static int listen_at(const struct way *way, uint16_t *port)
{
    struct sockaddr_storage address;
    socklen_t length = make_address(way->server_family, way->server, 0, &address);
    int listener = socket(way->server_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(listener, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(listener, 4), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    *port = ntohs(((struct sockaddr_in *)&address)->sin_port); /* at the same place in both */
    return listener;
}

enum ending { STAYS, CLOSES, RESETS };

/* A child of ours connects as `uid`, and does what it is told. It ends when `hold` closes. */
static pid_t start_client(const struct way *way, uint16_t port, uid_t uid, enum ending ending, int hold,
                          int ready)
{
    const struct linger reset = {1, 0};
    struct sockaddr_storage address;
    socklen_t length = make_address(way->client_family, way->client, port, &address);
    pid_t pid = fork();
    int descriptor;
    char byte;

    if (pid != 0)
        return pid;
    if (uid != getuid() && setresuid(uid, uid, uid) != 0)
        _exit(1);
    descriptor = socket(way->client_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(descriptor, (struct sockaddr *)&address, length) != 0 || write(descriptor, "x", 1) != 1)
        _exit(1);
    if (ending == RESETS)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    if (ending != STAYS)
        close(descriptor);
    (void)!write(ready, "", 1);
    (void)!read(hold, &byte, 1);
    _exit(0);
}

static void expect_owner(const struct way *way, uid_t uid, enum ending ending, enum connection_owner expected)
{
    int hold[2], ready[2], listener, accepted, status;
    uint16_t port;
    char byte;
    pid_t pid;

    assert_int_equal(pipe(hold), 0);
    assert_int_equal(pipe(ready), 0);
    listener = listen_at(way, &port);
    pid = start_client(way, port, uid, ending, hold[0], ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    accepted = accept(listener, NULL, NULL);
    if (connection_owner_find(accepted) != expected)
        fail_msg("%s, uid %u, ending %d", way->name, (unsigned)uid, (int)ending);
    assert_int_equal(write(hold[1], "", 1), 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    for (int i = 0; i < 2; i++) {
        close(hold[i]);
        close(ready[i]);
    }
    close(accepted);
    close(listener);
}

static void our_own_connections_are_ours(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
        expect_owner(&ways[i], getuid(), STAYS, CONNECTION_OURS);
}

static void one_that_was_closed_or_reset_is_gone(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
        expect_owner(&ways[i], getuid(), CLOSES, CONNECTION_GONE);
        expect_owner(&ways[i], getuid(), RESETS, CONNECTION_GONE);
    }
}

static void another_users_is_seen_as_such(void **state)
{
    (void)state;
    if (getuid() != 0) {
        print_message("skipped: only root can act as another user\n");
        skip();
    }
    for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
        expect_owner(&ways[i], OTHER_USER, STAYS, CONNECTION_OTHER);
        expect_owner(&ways[i], OTHER_USER, CLOSES, CONNECTION_GONE);
        expect_owner(&ways[i], OTHER_USER, RESETS, CONNECTION_GONE);
    }
}

static void what_is_no_connection_has_no_owner(void **state)
{
    int pipes[2];

    (void)state;
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(connection_owner_find(pipes[0]), CONNECTION_GONE);
    assert_int_equal(connection_owner_find(-1), CONNECTION_GONE);
    close(pipes[0]);
    close(pipes[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_read),
        cmocka_unit_test(what_is_no_row_is_refused),
        cmocka_unit_test(a_row_cut_anywhere_is_refused_or_whole),
        cmocka_unit_test(the_rules_are_those_of_the_design),
        cmocka_unit_test(our_own_connections_are_ours),
        cmocka_unit_test(one_that_was_closed_or_reset_is_gone),
        cmocka_unit_test(another_users_is_seen_as_such),
        cmocka_unit_test(what_is_no_connection_has_no_owner),
    };

    return cmocka_run_group_tests_name("connection owner", tests, NULL, NULL);
}
