#include "net/connection_owner.h"

#include "base/memory.h"
#include "base/number.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    TIME_MAXIMUM = 2000, /* ms */
    /*
     * The kernel gives the table out in pieces, and a row that moves between two of them is missed. So its
     * absence is believed only when it was missed this often.
     */
    READINGS = 3
};

/* The client's end as it must stand in the table. */
struct connection {
    struct in6_addr client, server;
    uint16_t client_port, server_port;
};

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

/* ---- a row ---- */

/* Exactly `digits` of them; moves *text on. */
static bool parse_word(const char **text, int digits, uint32_t *out)
{
    uint32_t value = 0;

    for (int i = 0; i < digits; i++) {
        int digit = number_hexadecimal(**text);

        if (digit < 0)
            return false;
        value = value << 4 | (uint32_t)digit;
        ++*text;
    }
    *out = value;
    return true;
}

/* The bytes of an address lie in memory as the words are printed: each in the machine's own order. */
static bool parse_address(const char **text, struct in6_addr *address, uint16_t *port)
{
    size_t count = strcspn(*text, ": \n") / 8;
    uint32_t words[4] = {0, 0, htonl(0xFFFF), 0};
    uint32_t number;

    if (count != 1 && count != 4)
        return false;
    for (size_t i = 4 - count; i < 4; i++)
        if (!parse_word(text, 8, &words[i]))
            return false;
    if (*(*text)++ != ':' || !parse_word(text, 4, &number) || *(*text)++ != ' ')
        return false;
    memcpy(address, words, sizeof(*address));
    *port = (uint16_t)number;
    return true;
}

/* A decimal number after blanks; moves *text on. */
static bool parse_number(const char **text, uint64_t maximum, uint64_t *out)
{
    const char *digit = *text + strspn(*text, " ");
    uint64_t value = 0;

    if (digit == *text || *digit < '0' || *digit > '9')
        return false;
    for (; *digit >= '0' && *digit <= '9'; digit++) {
        uint64_t next = (uint64_t)(*digit - '0');

        if (value > (maximum - next) / 10)
            return false;
        value = value * 10 + next;
    }
    *text = digit;
    *out = value;
    return true;
}

static bool skip_field(const char **text)
{
    *text += strspn(*text, " ");
    *text += strcspn(*text, " \n");
    return **text == ' ';
}

/* sl: local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode … */
bool connection_owner_parse_row(const char *line, struct connection_row *row)
{
    const char *text = line + strspn(line, " 0123456789");
    struct connection_row found;
    uint64_t uid, timeout;

    if (text == line || *text++ != ':' || *text++ != ' ' ||
        !parse_address(&text, &found.local, &found.local_port) ||
        !parse_address(&text, &found.remote, &found.remote_port))
        return false;
    for (int i = 0; i < 4; i++)
        if (!skip_field(&text))
            return false;
    if (!parse_number(&text, UINT32_MAX, &uid) || !parse_number(&text, UINT64_MAX, &timeout) ||
        !parse_number(&text, UINT64_MAX, &found.inode))
        return false;
    found.uid = (uint32_t)uid;
    *row = found;
    return true;
}

/* ---- the table ---- */

static bool is_clients(const struct connection_row *row, const struct connection *connection)
{
    return row->local_port == connection->client_port && row->remote_port == connection->server_port &&
           memcmp(&row->local, &connection->client, sizeof(row->local)) == 0 &&
           memcmp(&row->remote, &connection->server, sizeof(row->remote)) == 0;
}

static int64_t milliseconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/*
 * *found becomes whether the row is in the table; one that no process has open any more counts only when
 * there is no other. False when the time is up.
 */
static bool search_table(const char *path, const struct connection *connection, int64_t deadline,
                         struct connection_row *row, bool *found)
{
    _cleanup_(close_file) FILE *table = fopen(path, "re");
    struct connection_row candidate;
    char port[8], line[512];

    snprintf(port, sizeof(port), ":%04X ", connection->client_port);
    if (!table)
        return errno == ENOENT || errno == EACCES;
    while (fgets(line, sizeof(line), table)) {
        /* There may be thousands of rows: only those with the port are worth reading. */
        if (strstr(line, port) && connection_owner_parse_row(line, &candidate) &&
            is_clients(&candidate, connection)) {
            *row = candidate;
            *found = true;
            if (candidate.inode != 0)
                return true;
        }
        if (milliseconds() > deadline)
            return false;
    }
    return !ferror(table);
}

static bool search_tables(const struct connection *connection, struct connection_row *row, bool *found)
{
    int64_t deadline = milliseconds() + TIME_MAXIMUM;

    for (int i = 0; i < READINGS && !*found; i++) {
        /* An IPv4 client stands in the second table when its socket is one for IPv6 (::ffff:127.0.0.1). */
        if (IN6_IS_ADDR_V4MAPPED(&connection->client) &&
            !search_table("/proc/net/tcp", connection, deadline, row, found))
            return false;
        if (!*found && !search_table("/proc/net/tcp6", connection, deadline, row, found))
            return false;
    }
    return true;
}

/* ---- ourselves ---- */

static bool read_first_line(const char *path, char *line, int size)
{
    _cleanup_(close_file) FILE *file = fopen(path, "re");

    return file && fgets(line, size, file);
}

/* Every number from 0 on is mapped to itself, as outside of any container. */
static bool has_identity_map(void)
{
    char line[128];
    unsigned long inside, outside, count;

    return read_first_line("/proc/self/uid_map", line, sizeof(line)) &&
           /* NOLINTNEXTLINE(cert-err34-c): the kernel's own numbers */
           sscanf(line, "%lu %lu %lu", &inside, &outside, &count) == 3 && inside == 0 && outside == 0 &&
           count >= UINT32_MAX;
}

static uint32_t overflow_uid(void)
{
    char line[32];

    return read_first_line("/proc/sys/kernel/overflowuid", line, sizeof(line))
               ? (uint32_t)strtoul(line, NULL, 10)
               : 65534;
}

/* ---- the verdict ---- */

enum connection_owner connection_owner_judge(const struct connection_row *row, bool established,
                                             const struct connection_viewer *viewer)
{
    if (!established || (row && row->inode == 0))
        return CONNECTION_GONE;
    if (!row)
        return CONNECTION_UNKNOWN;
    if (row->uid == viewer->uid || row->uid == 0)
        return CONNECTION_OURS;
    return row->uid == viewer->overflow_uid && !viewer->identity_map ? CONNECTION_UNKNOWN : CONNECTION_OTHER;
}

static bool take_address(const struct sockaddr_storage *address, struct in6_addr *out, uint16_t *port)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->ss_family == AF_INET) {
        memcpy(&v4, address, sizeof(v4));
        *out = (struct in6_addr)IN6ADDR_ANY_INIT;
        out->s6_addr[10] = out->s6_addr[11] = 0xFF;
        memcpy(&out->s6_addr[12], &v4.sin_addr, 4);
        *port = ntohs(v4.sin_port);
        return true;
    }
    memcpy(&v6, address, sizeof(v6));
    *out = v6.sin6_addr;
    *port = ntohs(v6.sin6_port);
    return address->ss_family == AF_INET6;
}

static bool find_connection(int descriptor, struct connection *out)
{
    struct sockaddr_storage client = {0}, server = {0};
    socklen_t client_size = sizeof(client), server_size = sizeof(server);

    return getpeername(descriptor, (struct sockaddr *)&client, &client_size) == 0 &&
           getsockname(descriptor, (struct sockaddr *)&server, &server_size) == 0 &&
           take_address(&client, &out->client, &out->client_port) &&
           take_address(&server, &out->server, &out->server_port);
}

static bool is_established(int descriptor)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof(info);

    return getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
           info.tcpi_state == TCP_ESTABLISHED;
}

/*
 * The row first, the state after it: a connection that is still established then had its owner when the row
 * was read, while one that was closed meanwhile may have left the row of a user called 0.
 */
enum connection_owner connection_owner_find(int descriptor)
{
    struct connection_viewer viewer = {getuid(), overflow_uid(), has_identity_map()};
    struct connection connection;
    struct connection_row row;
    bool found = false;

    if (!is_established(descriptor) || !find_connection(descriptor, &connection) ||
        !search_tables(&connection, &row, &found))
        return CONNECTION_GONE;
    return connection_owner_judge(found ? &row : NULL, is_established(descriptor), &viewer);
}
