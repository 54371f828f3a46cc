#include "session/redirect.h"

#include "codec/url.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define TICK 1000 /* ms */

/* Pasted text that has not been parsed yet. */
struct paste {
    int descriptor; /* -1 after end of file */
    struct buffer text;
};

const char *redirect_pasted_query(const char *line, const struct secret *state)
{
    const char *mark = strchr(line, '?');
    const char *query = mark ? mark + 1 : line;

    return form_carries(query, "state", state) ? query : NULL;
}

/* Reads what is available. A line too long for a redirect URL is discarded. */
static void read_more(struct paste *paste)
{
    char chunk[4096];
    ssize_t got = read(paste->descriptor, chunk, sizeof(chunk));

    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
        paste->descriptor = -1;
    if (got > 0 && !buffer_append(&paste->text, chunk, (size_t)got, NULL))
        buffer_clear(&paste->text);
    explicit_bzero(chunk, sizeof(chunk));
}

/* Moves the first whole line, without blanks at its end, to `line`. False when there is none yet. */
static bool next_line(struct paste *paste, struct buffer *line)
{
    char *newline = paste->text.length ? memchr(paste->text.data, '\n', paste->text.length) : NULL;
    size_t length, taken;

    if (!newline)
        return false;
    length = (size_t)(newline - paste->text.data);
    taken = length + 1;
    while (length > 0 && strchr(" \t\r", paste->text.data[length - 1]))
        length--;
    buffer_clear(line);
    buffer_append(line, paste->text.data, length, NULL); /* fits: both have the same maximum */
    memmove(paste->text.data, paste->text.data + taken, paste->text.length - taken + 1);
    paste->text.length -= taken;
    return true;
}

/* Reads what was pasted; true once a line of it is the redirect. */
static bool take_paste(const struct redirect_wait *wait, struct paste *paste, struct buffer *query)
{
    _cleanup_buffer_ struct buffer line = BUFFER(REDIRECT_QUERY_MAXIMUM);
    const char *found;

    read_more(paste);
    while (next_line(paste, &line)) {
        found = redirect_pasted_query(buffer_text(&line), wait->state);
        if (found)
            return buffer_append_text(query, found, NULL);
        if (line.length && wait->events->paste_refused)
            wait->events->paste_refused(wait->events->data);
    }
    return false;
}

static bool fail_timeout(const struct redirect_wait *wait, struct error *err)
{
    error_set(err, ERROR_TIMEOUT, "timed out after %lld second%s waiting for the sign-in",
              (long long)wait->timeout / 1000, wait->timeout == 1000 ? "" : "s");
    return error_hint(
        err, "if the browser showed an error, check that http://localhost:3000/callback is a redirect "
             "URI of the app, and that you have access to the app");
}

/* One wait, on system's monotonic clock. */
struct waiting {
    const struct redirect_wait *wait;
    struct paste paste;
    int64_t deadline;
    int64_t visit_deadline; /* for the short URL to be fetched; INT64_MAX: it was, or that was said */
};

/* Reports the remaining time; false once there is none. */
static bool report_time(struct waiting *waiting)
{
    const struct redirect_wait *wait = waiting->wait;
    int64_t now = wait->system->monotonic(wait->system);
    int64_t left = waiting->deadline - now;

    if (left > 0 && now >= waiting->visit_deadline) {
        waiting->visit_deadline = INT64_MAX;
        if (wait->events->unvisited)
            wait->events->unvisited(wait->events->data, wait->full_url);
    }
    if (left > 0 && wait->events->tick)
        wait->events->tick(wait->events->data, (left + 999) / 1000);
    return left > 0;
}

/* When there is something to report, at the latest. */
static int64_t next_report(const struct waiting *waiting)
{
    const struct redirect_wait *wait = waiting->wait;
    int64_t next = wait->system->monotonic(wait->system) + TICK;

    if (!wait->events->tick || next > waiting->deadline)
        next = waiting->deadline;
    return next < waiting->visit_deadline ? next : waiting->visit_deadline;
}

static bool serve(struct waiting *waiting, struct buffer *query, struct error *err)
{
    const struct redirect_wait *wait = waiting->wait;

    for (;;) {
        switch (loopback_wait(wait->loopback, wait->state, waiting->paste.descriptor, wait->system,
                              next_report(waiting), query, err)) {
        case LOOPBACK_REDIRECT:
            return true;
        case LOOPBACK_VISITED:
            waiting->visit_deadline = INT64_MAX;
            break;
        case LOOPBACK_READABLE:
            if (take_paste(wait, &waiting->paste, query))
                return true;
            break;
        case LOOPBACK_DEADLINE:
            if (!report_time(waiting))
                return fail_timeout(wait, err);
            break;
        case LOOPBACK_FAILED:
            return false;
        }
    }
}

bool redirect_wait(const struct redirect_wait *wait, struct buffer *query, struct error *err)
{
    int64_t now = wait->system->monotonic(wait->system);
    struct waiting waiting = {.wait = wait,
                              .paste = {wait->paste_descriptor, BUFFER(REDIRECT_QUERY_MAXIMUM)},
                              .deadline = now + wait->timeout,
                              .visit_deadline = now + REDIRECT_VISIT_TIMEOUT};
    bool ok = serve(&waiting, query, err);

    buffer_release(&waiting.paste.text);
    return ok;
}
