/* The two listening sockets of the loopback: 127.0.0.1 and ::1 on one port, taken together or not at all. */
#pragma once

#include "base/error.h"
#include "net/port_holder.h"

#include <stdbool.h>
#include <stdint.h>

struct loopback_sockets {
    int v4;
    int v6; /* -1: this machine has no IPv6 */
    uint16_t port;
};

/*
 * Binds and listens; `port` 0 takes a free one. The descriptors, non-blocking and closed on exec, belong to
 * the caller. Fails with ERROR_PORT_IN_USE (and fills *holder, which may be NULL) or ERROR_IO, and then
 * leaves *out untouched.
 */
bool loopback_sockets_open(uint16_t port, struct loopback_sockets *out, struct port_holder *holder,
                           struct error *err);

/* Closes those that are open. */
void loopback_sockets_close(struct loopback_sockets *sockets);
