/*
 * The proxy that the environment names for a URL, as libcurl chooses it: https_proxy, HTTPS_PROXY or
 * http_proxy, then all_proxy or ALL_PROXY, unless no_proxy or NO_PROXY names the host. This machine itself is
 * never asked for through a proxy.
 */
#pragma once

#include "base/error.h"
#include "codec/url.h"

#include <stdbool.h>

struct proxy {
    const char *variable;  /* which names it; NULL: there is none for this URL */
    const char *exemption; /* the variable that names the host, so that it is not used; or NULL */
    char address[300];     /* scheme, host and port; never the credentials */
    bool credentials;      /* the variable has some */
};

void proxy_find(const struct url *url, struct proxy *out);

/* Whether requests to `url` go through a proxy. */
bool proxy_applies(const struct url *url);

/*
 * Sets ERROR_NETWORK for a `url` that can't be reached through its proxy, which answered with the HTTP
 * `status` (0: not at all). `reason` is libcurl's, whose words may repeat the proxy's URL: when it holds
 * credentials, `general` is shown instead. Returns false.
 */
bool proxy_fail(const struct url *url, int status, const char *reason, const char *general,
                struct error *err);
