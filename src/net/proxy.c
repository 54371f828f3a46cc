#include "net/proxy.h"

#include "base/environment.h"
#include "base/memory.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The first of the two variables that is set, or NULL. */
static const char *either(const char *first, const char *second)
{
    return environment_value(first) ? first : environment_value(second) ? second : NULL;
}

/* HTTP_PROXY is not read: in a CGI program it would be a header of the request. */
static const char *find_variable(const struct url *url)
{
    const char *own = url->secure ? either("https_proxy", "HTTPS_PROXY") : either("http_proxy", "http_proxy");

    return own ? own : either("all_proxy", "ALL_PROXY");
}

/* A name covers the hosts below it. */
static bool covers(const char *name, size_t length, const char *host)
{
    size_t host_length = strlen(host);

    if (length > 0 && name[0] == '.') {
        name++;
        length--;
    }
    return length > 0 && host_length >= length &&
           strncasecmp(host + host_length - length, name, length) == 0 &&
           (host_length == length || host[host_length - length - 1] == '.');
}

static bool is_exempted(const char *names, const char *host)
{
    if (strcmp(names, "*") == 0)
        return true;
    for (const char *name = names; *name;) {
        size_t length = strcspn(name, ", ");

        if (covers(name, length, host))
            return true;
        name += length;
        name += strspn(name, ", ");
    }
    return false;
}

/* Credentials end at the last '@': a password that isn't percent-encoded may hold anything. */
static void describe(const char *value, struct proxy *out)
{
    const char *colon = strchr(value, ':');
    size_t scheme = colon && strncmp(colon, "://", 3) == 0 ? (size_t)(colon - value) + 3 : 0;
    const char *at = strrchr(value, '@');
    const char *host = at ? at + 1 : value + scheme;

    out->credentials = at != NULL;
    snprintf(out->address, sizeof(out->address), "%.*s%.*s", (int)scheme, value, (int)strcspn(host, "/"),
             host);
}

void proxy_find(const struct url *url, struct proxy *out)
{
    const char *exemption = either("no_proxy", "NO_PROXY");

    *out = (struct proxy){.variable = url_is_loopback(url) ? NULL : find_variable(url)};
    if (!out->variable)
        return;
    describe(environment_value(out->variable), out);
    if (exemption && is_exempted(environment_value(exemption), url->host))
        out->exemption = exemption;
}

bool proxy_applies(const struct url *url)
{
    struct proxy proxy;

    proxy_find(url, &proxy);
    return proxy.variable && !proxy.exemption;
}

static bool fail_authentication(const struct proxy *proxy, struct error *err)
{
    error_set(err, ERROR_NETWORK, "the proxy %s (%s) %s", proxy->address, proxy->variable,
              proxy->credentials ? "does not accept the user name and password of that variable"
                                 : "requires a user name and password");
    return error_hint(err, "set %s to http://USER:PASSWORD@HOST:PORT, percent-encoded", proxy->variable);
}

bool proxy_fail(const struct url *url, int status, const char *reason, const char *general, struct error *err)
{
    struct proxy proxy;

    proxy_find(url, &proxy);
    if (status == 407)
        return fail_authentication(&proxy, err);
    if (status >= 300)
        error_set(err, ERROR_NETWORK, "the proxy %s (%s) refuses to connect to %s: HTTP %d", proxy.address,
                  proxy.variable, url->host, status);
    else
        error_set(err, ERROR_NETWORK, "cannot reach %s port %u through the proxy %s (%s): %s", url->host,
                  url->port, proxy.address, proxy.variable, proxy.credentials ? general : reason);
    return error_hint(err, "check %s; a host that needs no proxy is named in NO_PROXY", proxy.variable);
}
