#include "base/memory.h"
#include "codec/url.h"

#include <arpa/inet.h>
#include <string.h>

char *url_origin(const struct url *url)
{
    _cleanup_free_ char *port = url->port == (url->secure ? 443 : 80) ? NULL
                                                                      : memory_format(":%u", url->port);

    return memory_format("%s://%s%s%s%s", url->secure ? "https" : "http", url->ipv6 ? "[" : "", url->host,
                         url->ipv6 ? "]" : "", port ? port : "");
}

bool url_same_origin(const struct url *a, const struct url *b)
{
    return a->secure == b->secure && a->ipv6 == b->ipv6 && a->port == b->port &&
           strcmp(a->host, b->host) == 0;
}

bool url_format(struct buffer *out, const struct url *url, struct error *err)
{
    _cleanup_free_ char *origin = url_origin(url);

    return buffer_append_format(out, err, "%s%s%s%s", origin, url->path, url->query[0] ? "?" : "",
                                url->query);
}

bool url_is_loopback(const struct url *url)
{
    struct in_addr address;

    if (url->ipv6)
        return strcmp(url->host, "::1") == 0;
    if (inet_pton(AF_INET, url->host, &address) == 1)
        return ntohl(address.s_addr) >> 24 == 127;
    return strcmp(url->host, "localhost") == 0;
}
