#include "net/loopback_socket.h"

#include "base/file.h"
#include "base/memory.h"
#include "net/port_holder.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* How often another free IPv4 port is tried when somebody has the same number on IPv6. */
enum { FREE_PORT_ATTEMPTS = 32 };

/*
 * SO_REUSEADDR is for the connections of the previous sign-in that still stand in TIME_WAIT; on Linux it
 * doesn't let two sockets listen on one port. (SO_REUSEPORT would.)
 */
static int listen_at(const struct sockaddr *address, socklen_t length)
{
    const int on = 1;
    _cleanup_(file_close) int descriptor = socket(address->sa_family,
                                                  SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (descriptor < 0 || setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0)
        return -1;
    if (address->sa_family == AF_INET6 &&
        setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0)
        return -1;
    if (bind(descriptor, address, length) != 0 || listen(descriptor, SOMAXCONN) != 0)
        return -1;
    return file_take(&descriptor);
}

static int listen_v4(uint16_t port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};

    return listen_at((const struct sockaddr *)&address, sizeof(address));
}

static int listen_v6(uint16_t port)
{
    const struct sockaddr_in6 address = {
        .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};

    return listen_at((const struct sockaddr *)&address, sizeof(address));
}

static uint16_t port_of(int descriptor)
{
    struct sockaddr_in address = {0};
    socklen_t length = sizeof(address);

    return getsockname(descriptor, (struct sockaddr *)&address, &length) == 0 ? ntohs(address.sin_port) : 0;
}

/* A kernel without IPv6, one where it is switched off, and a loopback interface without ::1. */
static bool means_no_ipv6(int number)
{
    return number == EAFNOSUPPORT || number == EADDRNOTAVAIL || number == EPROTONOSUPPORT;
}

static bool fail(int family, uint16_t port, struct port_holder *holder, struct error *err)
{
    struct port_holder found = {0};

    if (errno == EACCES) {
        error_set(err, ERROR_CONFIG, "port %u is privileged: only root may listen on it", port);
        return error_hint(err, "choose a port above 1023 with --port");
    }
    if (errno != EADDRINUSE)
        return error_set_errno(err, ERROR_IO, "cannot listen on port %u", port);
    port_holder_find(family, port, &found);
    if (holder)
        *holder = found;
    error_set(err, ERROR_PORT_IN_USE, "port %u is in use by %s", port,
              port_holder_text(&found, (char[PORT_HOLDER_TEXT_SIZE]){0}));
    if (found.login)
        return error_hint(err,
                          "finish that sign-in, stop it with 'kill %d', or choose another port with --port",
                          found.pid);
    return error_hint(err, "stop that program, or choose another port with --port");
}

/* *retry tells that the free port was free on IPv4 only. */
static bool open_both(uint16_t port, struct loopback_sockets *out, bool *retry, struct port_holder *holder,
                      struct error *err)
{
    _cleanup_(file_close) int v4 = listen_v4(port);
    int v6;

    if (v4 < 0)
        return fail(AF_INET, port, holder, err);
    v6 = listen_v6(port_of(v4));
    if (v6 < 0 && !means_no_ipv6(errno)) {
        *retry = port == 0 && errno == EADDRINUSE;
        return fail(AF_INET6, port_of(v4), holder, err);
    }
    out->port = port_of(v4);
    out->v4 = file_take(&v4);
    out->v6 = v6;
    return true;
}

bool loopback_sockets_open(uint16_t port, struct loopback_sockets *out, struct port_holder *holder,
                           struct error *err)
{
    bool retry = false;

    for (int attempt = 1;; attempt++) {
        if (open_both(port, out, &retry, holder, err))
            return true;
        if (!retry || attempt == FREE_PORT_ATTEMPTS)
            return false;
        retry = false;
    }
}

void loopback_sockets_close(struct loopback_sockets *sockets)
{
    file_close(&sockets->v4);
    file_close(&sockets->v6);
}
