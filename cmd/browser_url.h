/* How the user is shown where to go when no browser opens, or when it doesn't get there. */
#pragma once

#include "cmd/output.h"
#include "session/sign_in.h"

/* What has been shown. */
struct browser_url_shown {
    bool full;   /* was shown */
    bool needed; /* no browser was opened, so that there is no other way to go on, --quiet or not */
};

/*
 * Prints the short URL, and the full one too when the browser may run elsewhere (`elsewhere`, or this is a
 * remote machine) or with -v. `why` tells why no browser was opened, or is NULL.
 */
void browser_url_print(const struct output *output, const struct sign_in_urls *urls, bool elsewhere,
                       const char *why, struct browser_url_shown *shown);

/* Prints the full URL because nothing has fetched the short one, unless it was shown. */
void browser_url_print_unvisited(const struct output *output, const char *full,
                                 struct browser_url_shown *shown);
