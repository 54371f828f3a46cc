/*
 * What the loopback listener makes of a request, apart from any HTTP library: only GET of the path that is
 * expected, for a Host that is ours and with our exact `state` is the redirect (RFC 8252, 7.3). The short
 * address leads to the provider, the last page's address to that page; everything else has an answer without
 * effect.
 */
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "base/secret.h"
#include "net/page.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest target (path and query) that is looked at, in bytes. */
#define LOOPBACK_TARGET_MAXIMUM ((size_t)8 * 1024)

enum loopback_verdict {
    LOOPBACK_IS_REDIRECT,      /* the one that ends the wait */
    LOOPBACK_IS_REDIRECT_HEAD, /* the same asked for by HEAD: no effect */
    LOOPBACK_IS_OTHER_STATE,   /* /callback with a missing, wrong or repeated state */
    LOOPBACK_IS_BARE,          /* /callback without a query: somebody cancelled at a third-party app */
    LOOPBACK_IS_START,         /* the short address */
    LOOPBACK_IS_START_HEAD,    /* the same asked for by HEAD, by a link checker, say: no effect */
    LOOPBACK_IS_LAST_PAGE,
    LOOPBACK_IS_ICON,    /* /favicon.ico */
    LOOPBACK_IS_UNKNOWN, /* another path */
    LOOPBACK_IS_OPTIONS, /* a preflight, for one; gets no permission */
    LOOPBACK_IS_OTHER_METHOD,
    LOOPBACK_IS_OTHER_HOST, /* missing, repeated or not ours: DNS rebinding looks like this */
    LOOPBACK_IS_TOO_LONG,
    LOOPBACK_IS_OTHER_USER, /* the connection belongs to somebody else on this machine */
    LOOPBACK_IS_FAILED,     /* the short address, but there is nowhere to redirect to */
    LOOPBACK_VERDICT_COUNT
};

struct loopback_request {
    const char *method;
    const char *target; /* as sent, before any decoding */
    const char *host;   /* what loopback_request_header() found; see there */
    int hosts;
    const char *destination;
};

/* Notes a header if it is one that matters: Host, how many of it, and Sec-Fetch-Dest. Keeps the pointer. */
void loopback_request_header(struct loopback_request *request, const char *name, const char *value);

/* What there is to ask for. */
struct loopback_resources {
    uint16_t port;
    const char *callback;       /* path of the redirect */
    const struct secret *state; /* NULL or empty: nothing is the redirect */
    const char *start;          /* path of the short address; NULL while it leads nowhere */
    const char *last_page;      /* its path; NULL while there is none to show */
};

enum loopback_verdict loopback_judge(const struct loopback_request *request,
                                     const struct loopback_resources *resources);

/* The query of a target, without '?'; "" when it has none. Points into `target`. */
const char *loopback_target_query(const char *target);

/* HTTP status of the answer. */
unsigned int loopback_status(enum loopback_verdict verdict);

/* Whether the answer names the methods we have (RFC 9110, 10.2.1). */
bool loopback_allows(enum loopback_verdict verdict);

/* Appends the page that goes with the verdict, if any. */
bool loopback_page(enum loopback_verdict verdict, struct buffer *out, struct error *err);

/* The headers of every answer but for those that are one answer's own, up to a NULL name; static. */
struct loopback_header {
    const char *name;
    const char *value;
};

const struct loopback_header *loopback_headers(void);
