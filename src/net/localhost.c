#include "net/localhost.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>

static void take(const struct addrinfo *found, struct localhost *out)
{
    if (found->ai_family == AF_INET) {
        const struct sockaddr_in *address = (const void *)found->ai_addr;

        *((ntohl(address->sin_addr.s_addr) >> 24) == IN_LOOPBACKNET ? &out->v4 : &out->other) = true;
    } else if (found->ai_family == AF_INET6) {
        const struct sockaddr_in6 *address = (const void *)found->ai_addr;

        *(IN6_IS_ADDR_LOOPBACK(&address->sin6_addr) ? &out->v6 : &out->other) = true;
    }
}

bool localhost_resolve(int timeout, struct localhost *out, struct error *err)
{
    /* Static: a search that can't be canceled goes on writing here. */
    static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    static struct gaicb search = {.ar_name = "localhost", .ar_request = &hints};
    struct gaicb *searches[] = {&search};
    const struct timespec wait = {timeout / 1000, timeout % 1000 * 1000000L};
    int result = getaddrinfo_a(GAI_NOWAIT, searches, 1, NULL);

    if (result == 0) {
        (void)gai_suspend((const struct gaicb *const *)searches, 1, &wait);
        result = gai_error(&search);
    }
    if (result != 0) {
        gai_cancel(&search);
        return error_set(err, ERROR_NETWORK, "cannot look up 'localhost': %s",
                         result == EAI_INPROGRESS ? "no answer" : gai_strerror(result));
    }
    *out = (struct localhost){.v4 = false};
    for (const struct addrinfo *found = search.ar_result; found; found = found->ai_next)
        take(found, out);
    freeaddrinfo(search.ar_result);
    return true;
}
