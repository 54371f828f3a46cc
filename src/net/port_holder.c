#include "net/port_holder.h"

#include "base/file.h"
#include "base/memory.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LISTENERS_MAXIMUM = 16,      /* one port has two or three at most; more are no use to the message */
    LINES_MAXIMUM = 65536,       /* of a socket table */
    DESCRIPTORS_MAXIMUM = 131072 /* looked at in all processes together */
};

/* "socket:[INODE]" of every socket that listens where we want to. */
struct listeners {
    char links[LISTENERS_MAXIMUM][40];
    size_t count;
};

static void close_file(FILE **file)
{
    if (*file)
        fclose(*file);
}

static void close_folder(DIR **folder)
{
    if (*folder)
        closedir(*folder);
}

/*
 * Addresses in the tables are 32-bit words in the machine's byte order, in hexadecimal. Only those that
 * collide with our own count: a server on another interface's address isn't in the way.
 */
static bool is_in_the_way(int family, const char *address)
{
    static const char *const v4[] = {"0100007F", "7F000001", "00000000"};
    static const char *const v4_mapped[] = {"0000000000000000FFFF00000100007F",
                                            "00000000000000000000FFFF7F000001"};
    static const char *const v6[] = {"00000000000000000000000001000000", "00000000000000000000000000000001"};
    static const char wildcard_v6[] = "00000000000000000000000000000000";
    const char *const *own = family == AF_INET ? (strlen(address) == 8 ? v4 : v4_mapped) : v6;
    size_t count = own == v4 ? ARRAY_SIZE(v4) : 2;

    for (size_t i = 0; i < count; i++)
        if (strcmp(address, own[i]) == 0)
            return true;
    return strcmp(address, wildcard_v6) == 0;
}

/* sl local_address rem_address st queues timer retransmits uid timeout inode */
enum { FIELD_LOCAL = 1, FIELD_STATE = 3, FIELD_INODE = 9, FIELDS };

static size_t split(char *line, char *fields[FIELDS])
{
    char *rest = line;
    size_t count = 0;
    char *field;

    /* tx_queue:rx_queue and tr:tm->when are one field each. */
    while (count < FIELDS && (field = strtok_r(rest, " \n", &rest)))
        fields[count++] = field;
    return count;
}

static void read_line(char *line, int family, uint16_t port, struct listeners *listeners)
{
    static const char state_listen[] = "0A";
    char *fields[FIELDS];
    char *colon;

    if (listeners->count == LISTENERS_MAXIMUM || split(line, fields) < FIELDS)
        return;
    colon = strchr(fields[FIELD_LOCAL], ':');
    if (!colon || strtoul(colon + 1, NULL, 16) != port || strcmp(fields[FIELD_STATE], state_listen) != 0)
        return;
    *colon = '\0';
    if (is_in_the_way(family, fields[FIELD_LOCAL]))
        snprintf(listeners->links[listeners->count++], sizeof(listeners->links[0]), "socket:[%.20s]",
                 fields[FIELD_INODE]);
}

static void read_table(const char *path, int family, uint16_t port, struct listeners *listeners)
{
    _cleanup_(close_file) FILE *table = fopen(path, "re");
    char line[512];

    for (int i = 0; table && i < LINES_MAXIMUM && fgets(line, sizeof(line), table); i++)
        read_line(line, family, port, listeners);
}

static bool is_listener(int folder, const char *name, const struct listeners *listeners)
{
    char link[64];
    ssize_t length = readlinkat(folder, name, link, sizeof(link) - 1);

    if (length <= 0)
        return false;
    link[length] = '\0';
    for (size_t i = 0; i < listeners->count; i++)
        if (strcmp(link, listeners->links[i]) == 0)
            return true;
    return false;
}

/* Whether the process has one of the sockets open. Counts what it looked at down from *budget. */
static bool process_holds(int pid, const struct listeners *listeners, int *budget)
{
    char path[64];
    struct dirent *entry;

    snprintf(path, sizeof(path), "/proc/%d/fd", pid);
    _cleanup_(close_folder) DIR *folder = opendir(path);
    while (folder && *budget > 0 && (entry = readdir(folder))) {
        --*budget;
        if (is_listener(dirfd(folder), entry->d_name, listeners))
            return true;
    }
    return false;
}

/* A process may call itself anything, escape sequences included. */
static void make_printable(char *text)
{
    text[strcspn(text, "\n")] = '\0';
    for (; *text; text++)
        if (!isascii((unsigned char)*text) || !isprint((unsigned char)*text))
            *text = '?';
}

/* The verb stands behind the name and global options. What else it is called with doesn't matter. */
static bool is_login(int pid)
{
    char words[512];
    size_t length;

    snprintf(words, sizeof(words), "/proc/%d/cmdline", pid);
    _cleanup_(close_file) FILE *file = fopen(words, "re");
    length = file ? fread(words, 1, sizeof(words) - 1, file) : 0;
    words[length] = '\0';
    for (size_t at = 0; at < length; at += strlen(words + at) + 1)
        if (strcmp(words + at, "login") == 0)
            return true;
    return false;
}

static void name_process(int pid, struct port_holder *holder)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%d/comm", pid);
    _cleanup_(close_file) FILE *file = fopen(path, "re");
    holder->pid = pid;
    if (!file || !fgets(holder->command, sizeof(holder->command), file))
        holder->command[0] = '\0';
    make_printable(holder->command);
    holder->login = strcmp(holder->command, "logto") == 0 && is_login(pid);
}

static void find_process(const struct listeners *listeners, struct port_holder *holder)
{
    _cleanup_(close_folder) DIR *processes = opendir("/proc");
    int budget = DESCRIPTORS_MAXIMUM;
    struct dirent *entry;

    while (processes && budget > 0 && (entry = readdir(processes))) {
        long pid = strtol(entry->d_name, NULL, 10);

        --budget;
        if (pid > 0 && pid <= INT32_MAX && process_holds((int)pid, listeners, &budget)) {
            name_process((int)pid, holder);
            return;
        }
    }
}

void port_holder_find(int family, uint16_t port, struct port_holder *holder)
{
    struct listeners listeners = {.count = 0};

    memset(holder, 0, sizeof(*holder));
    if (family == AF_INET)
        read_table("/proc/net/tcp", family, port, &listeners);
    /* A server on [::] that takes IPv4 as well stands in the second table only. */
    if (listeners.count == 0)
        read_table("/proc/net/tcp6", family, port, &listeners);
    if (listeners.count > 0)
        find_process(&listeners, holder);
}

const char *port_holder_text(const struct port_holder *holder, char text[PORT_HOLDER_TEXT_SIZE])
{
    if (holder->login)
        snprintf(text, PORT_HOLDER_TEXT_SIZE, "another 'logto login' that is still waiting (pid %d)",
                 holder->pid);
    else if (holder->pid)
        snprintf(text, PORT_HOLDER_TEXT_SIZE, "%s (pid %d)",
                 holder->command[0] ? holder->command : "a program", holder->pid);
    else
        snprintf(text, PORT_HOLDER_TEXT_SIZE, "another program");
    return text;
}
