/*
 * The listener that the browser starts from and comes back to (RFC 8252 section 7.3): a short address that
 * redirects to the provider, http://localhost:PORT/callback, and a last page; on 127.0.0.1 and ::1 together,
 * over libmicrohttpd. Single-threaded: it works only inside loopback_wait() and loopback_finish().
 *
 * A request that doesn't carry our exact `state` never ends the wait: not an error without it, not a wrong or
 * repeated one, not another path, method or Host. It gets a proper answer and changes nothing. Another user's
 * connection gets 403 for whatever it asks.
 */
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/system.h"
#include "net/port_holder.h"

#include <stdbool.h>
#include <stdint.h>

struct loopback;

#define _cleanup_loopback_ _cleanup_(loopback_stop)

/*
 * Binds 127.0.0.1:port and [::1]:port, or only the former when the machine has no IPv6. `port` 0 takes a free
 * one, the same for both. When either family's port is in use it fails with ERROR_PORT_IN_USE and fills
 * *holder (may be NULL): the browser might go to the other program. `system` gives the random bits of its
 * addresses.
 */
struct loopback *loopback_listen(struct system *system, uint16_t port, struct port_holder *holder,
                                 struct error *err);

/*
 * The short address for the browser, http://localhost:PORT/ and 128 random bits in base64url: nothing in it
 * is special to a shell, and nothing secret. Valid as long as the listener.
 */
const char *loopback_address(const struct loopback *loopback);

/* ms that loopback_location may take. */
#define LOOPBACK_LOCATION_TIMEOUT 5000

/*
 * Appends the URL that the short address redirects to. Called whenever a browser asks for it, while nobody
 * else is served: a request that it sends must have LOOPBACK_LOCATION_TIMEOUT as its timeout. When it fails
 * the browser is told so (502) and may ask again; what the user at the terminal is to know it says itself.
 */
typedef bool loopback_location(void *data, struct buffer *out, struct error *err);

/* From now on the short address leads to `location`. `data` must outlive the listener. */
void loopback_redirect(struct loopback *loopback, loopback_location *location, void *data);

/* Expects the redirect at this path, which must outlive the listener, instead of "/callback". */
void loopback_expect(struct loopback *loopback, const char *path);

/* The port in use. */
uint16_t loopback_port(const struct loopback *loopback);

enum loopback_event {
    LOOPBACK_REDIRECT,        /* the request with our state came; it waits for loopback_finish() */
    LOOPBACK_VISITED,         /* the short address was fetched; once */
    LOOPBACK_CAME_BACK_EMPTY, /* the path of the redirect was asked for without a query */
    LOOPBACK_READABLE,        /* `descriptor` has something to read */
    LOOPBACK_DEADLINE,
    LOOPBACK_FAILED
};

/*
 * Serves requests until one of these happens. `state` is what the right request must carry, `descriptor` is
 * watched as well (-1: none), `deadline` is on system's monotonic clock in ms. On LOOPBACK_REDIRECT the query
 * of the request, without '?', is appended to `query` (it may hold `code` or `error`; the caller judges `iss`
 * and the rest). After the other events but LOOPBACK_FAILED it can be called again. A
 * query that doesn't fit `query` is no redirect. `err` is set for LOOPBACK_FAILED only.
 */
enum loopback_event loopback_wait(struct loopback *loopback, const struct secret *state, int descriptor,
                                  struct system *system, int64_t deadline, struct buffer *query,
                                  struct error *err);

/*
 * Answers the waiting request with a redirect to an address that nobody else knows, where `page` (HTML) is
 * shown once, and serves until the browser has fetched it or `deadline` has passed (which is what happens
 * when the window was closed meanwhile). Without a waiting request (the URL was pasted at the terminal) it
 * returns at once. Never fails: the sign-in's outcome is settled by then.
 */
void loopback_finish(struct loopback *loopback, const struct buffer *page, struct system *system,
                     int64_t deadline);

/* Closes every connection, frees the port, sets to NULL; accepts NULL. */
void loopback_stop(struct loopback **loopback);
