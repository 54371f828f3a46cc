/* What the terminal behind stdout or stderr can show, if there is one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct screen {
    bool color;
    bool live;      /* a terminal that knows control sequences: lines may be redrawn */
    bool links;     /* it is known to have hyperlinks (OSC 8) */
    size_t columns; /* 0 where lines don't end by themselves, or nobody knows where */
};

/*
 * `color` is "auto", "always", "never" or NULL. For auto count, in this order, NO_COLOR, CLICOLOR_FORCE, and
 * whether it is a terminal other than TERM=dumb. COLUMNS overrides what the terminal says.
 */
struct screen screen_look(int descriptor, const char *color);

/*
 * The URL as it can stand in a control sequence, percent-encoded where it isn't; the caller frees it. NULL if
 * it is no http or https URL, or too long for terminals.
 */
char *screen_link_target(const char *url);
