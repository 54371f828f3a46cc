/*
 * Whose process is at the other end of a connection from this machine. Any user can connect to a loopback
 * port; a sign-in is finished by the user who started it (or by root, who could do so anyway).
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

enum connection_owner {
    CONNECTION_OURS,
    CONNECTION_OTHER,  /* another user's */
    CONNECTION_GONE,   /* no longer established, so that nothing is known of who sent what it brought */
    CONNECTION_UNKNOWN /* the kernel doesn't tell: another network namespace, or a user it can't name here */
};

/* One row of /proc/net/tcp or tcp6. IPv4 addresses are mapped ones (::ffff:a.b.c.d). */
struct connection_row {
    struct in6_addr local, remote;
    uint16_t local_port, remote_port;
    uint32_t uid;
    uint64_t inode; /* 0: no process has it open any more */
};

/* Reads one line. False when it is no row (the first line of the table, for one); *row is then untouched. */
bool connection_owner_parse_row(const char *line, struct connection_row *row);

/* What is known about ourselves when a row is judged. */
struct connection_viewer {
    uint32_t uid;
    uint32_t overflow_uid; /* stands for every user that has no number in this user namespace */
    bool identity_map;     /* every user has a number here */
};

/* `row` is the client's end, or NULL when there is none; `established` is the state of ours, looked at later.
 */
enum connection_owner connection_owner_judge(const struct connection_row *row, bool established,
                                             const struct connection_viewer *viewer);

/*
 * Finds the owner of a connected TCP socket's other end. Takes two seconds at most; a table that can't be
 * read to its end by then gives CONNECTION_GONE.
 */
enum connection_owner connection_owner_find(int descriptor);
