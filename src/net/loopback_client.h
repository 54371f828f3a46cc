/* The connections that the loopback listener has open, whose they are, and which of them have to go. */
#pragma once

#include "net/loopback_request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More than libmicrohttpd is allowed to have open; a full table turns newcomers away. */
#define LOOPBACK_CLIENTS_MAXIMUM 512

/* One connection, which carries one request: every answer closes it. */
struct loopback_client {
    void *connection; /* libmicrohttpd's; NULL: this place is free */
    int descriptor;
    uint64_t number; /* in the order they came */
    int64_t since;   /* ms, when its time began */
    char *target;    /* path and query as sent, until the request is judged; holds the code */
    bool judged;
    bool waiting;    /* suspended until loopback_finish() */
    bool other_user; /* at the other end */
    bool dropped;    /* shut down, nothing it sent counts; libmicrohttpd will notice and close it */
    enum loopback_verdict verdict;
};

struct loopback_clients {
    struct loopback_client places[LOOPBACK_CLIENTS_MAXIMUM];
    uint64_t accepted; /* so far */
};

/*
 * Takes a place for a new connection, accepted at `now` (ms), or returns NULL. One whose owner can't be told
 * because it is no longer established is dropped at once. When there are many it shuts down the oldest that
 * isn't the right one, other users' first: connections that say nothing must not keep the right one out.
 */
struct loopback_client *loopback_client_admit(struct loopback_clients *clients, void *connection,
                                              int descriptor, int64_t now);

/* Shuts down those that had their time: however slowly they send, it isn't prolonged. */
void loopback_client_drop_old(struct loopback_clients *clients, int64_t now);

/* Wipes and frees the target; fine when there is none. */
void loopback_client_forget_target(struct loopback_client *client);

/* The connection is closed: frees the place. */
void loopback_client_leave(struct loopback_client *client);
