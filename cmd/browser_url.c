#include "cmd/browser_url.h"

#include "base/log.h"
#include "cmd/place.h"

#include <stdio.h>

static void print_url(const struct output *output, const char *url, bool needed)
{
    if (!output->quiet || needed)
        output_url(output, url);
}

void browser_url_print(const struct output *output, const struct sign_in_urls *urls, bool elsewhere,
                       const char *why, struct browser_url_shown *shown)
{
    shown->needed = why != NULL;
    if (why)
        output_note(output, "No browser was opened (%s). Open this URL:", why);
    else
        output_note(output, "Opening your browser… If it does not open, open this URL:");
    print_url(output, urls->brief, shown->needed);
    shown->full = elsewhere || log_level() > 0 || place_is_remote();
    if (!shown->full)
        return;
    output_note(output, "The same as a full URL, for a browser on another machine:");
    print_url(output, urls->full, shown->needed);
}

void browser_url_print_unvisited(const struct output *output, const char *full,
                                 struct browser_url_shown *shown)
{
    if (shown->full)
        return;
    shown->full = true;
    output_note(output, "No browser has opened the URL above yet. The full URL works in any browser:");
    print_url(output, full, shown->needed);
}
