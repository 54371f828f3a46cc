/*
 * The way of a browser from the listener to another site and back: sent there, waited for (or the redirect is
 * pasted at the terminal), shown a last page.
 */
#pragma once

#include "net/browser.h"
#include "net/loopback.h"
#include "net/page.h"
#include "session/sign_in.h"

#define REDIRECT_QUERY_MAXIMUM ((size_t)16 * 1024)

/* ms in which a browser that was opened fetches the short URL. */
#define REDIRECT_VISIT_TIMEOUT 30000

struct redirect_wait {
    struct loopback *loopback;
    struct system *system;
    const struct secret *state;
    const struct sign_in_events *events;
    const char *full_url; /* for events->unvisited */
    int paste_descriptor; /* or -1 */
    int64_t timeout;      /* ms */
};

/*
 * Appends the query of the redirect that carries the state to `query`, and calls events->done in any case.
 * Fails with ERROR_TIMEOUT, or with the listener's error.
 */
bool redirect_wait(const struct redirect_wait *wait, struct buffer *query, struct error *err);

/* Where the browser is sent. */
struct redirect_start {
    struct loopback *loopback;
    struct browser *browser; /* NULL: none is to be opened */
    const struct sign_in_events *events;
    const char *full_url;
    loopback_location *location; /* where the short address leads, with its data */
    void *data;
};

/*
 * Opens the listener's short address in the browser and calls events->waiting. It is given that address only:
 * whatever it is started through may interpret what it gets.
 */
void redirect_start(const struct redirect_start *start);

/* Shows the waiting browser its last page; returns once it was fetched, after three seconds at most. */
void redirect_finish(struct loopback *loopback, struct system *system, const struct page *page);
