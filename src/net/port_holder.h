/* Who listens on a port, as far as /proc tells: for the message that says which program is in the way. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct port_holder {
    int pid; /* 0 when unknown */
    char command[64];
    bool login; /* it is a login of ours, which waits for its browser */
};

#define PORT_HOLDER_TEXT_SIZE 128

/* The holder as a message names it: "nginx (pid 7)", "another program". Returns `text`. */
const char *port_holder_text(const struct port_holder *holder, char text[PORT_HOLDER_TEXT_SIZE]);

/*
 * Looks for the process that keeps `port` of this machine's loopback or wildcard address from us. `family` is
 * AF_INET or AF_INET6. Programs of other users stay unknown (pid 0, command "") unless we are root. The
 * command is safe to print: anything but visible ASCII became '?'. Looks at a bounded number of processes and
 * descriptors.
 */
void port_holder_find(int family, uint16_t port, struct port_holder *holder);
