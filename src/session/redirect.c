#include "session/redirect.h"

#include "codec/url.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define TICK 1000 /* ms */

/* Text typed or pasted and not yet looked at. */
struct paste {
    int descriptor; /* -1 once there is nothing more to read */
    struct buffer text;
};

/* The query of a pasted redirect URL if it carries our state, else NULL. Points into the line. */
static const char *pasted_query(const char *line, const struct secret *state)
{
    const char *mark = strchr(line, '?');
    const char *query = mark ? mark + 1 : line;

    return form_carries(query, "state", state) ? query : NULL;
}

/* Reads what is there. Text without an end that is too long for a redirect URL is thrown away. */
static void read_more(struct paste *paste)
{
    char chunk[4096];
    struct error ignored;
    ssize_t got = read(paste->descriptor, chunk, sizeof(chunk));

    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
        paste->descriptor = -1;
    if (got > 0 && !buffer_append(&paste->text, chunk, (size_t)got, &ignored))
        buffer_clear(&paste->text);
    explicit_bzero(chunk, sizeof(chunk));
}

/* Moves the first whole line, without blanks at its end, to `line`. False when there is none yet. */
static bool next_line(struct paste *paste, struct buffer *line)
{
    char *newline = paste->text.length ? memchr(paste->text.data, '\n', paste->text.length) : NULL;
    struct error ignored;
    size_t length, taken;

    if (!newline)
        return false;
    length = (size_t)(newline - paste->text.data);
    taken = length + 1;
    while (length > 0 && strchr(" \t\r", paste->text.data[length - 1]))
        length--;
    buffer_clear(line);
    buffer_append(line, paste->text.data, length, &ignored); /* fits: both have the same maximum */
    memmove(paste->text.data, paste->text.data + taken, paste->text.length - taken + 1);
    paste->text.length -= taken;
    return true;
}

static bool take_paste(const struct sign_in_options *options, struct paste *paste, const struct secret *state,
                       struct buffer *query, struct error *err)
{
    _cleanup_buffer_ struct buffer line = BUFFER(REDIRECT_QUERY_MAXIMUM);
    const char *found;

    read_more(paste);
    while (next_line(paste, &line)) {
        found = pasted_query(buffer_text(&line), state);
        if (found)
            return buffer_append_text(query, found, err);
        if (line.length && options->events.paste_refused)
            options->events.paste_refused(options->events.data);
    }
    return false;
}

static bool timed_out(const struct sign_in_options *options, struct error *err)
{
    error_set(err, ERROR_TIMEOUT, "nobody signed in within %lld second%s", (long long)options->timeout / 1000,
              options->timeout == 1000 ? "" : "s");
    return error_hint(
        err, "if the browser showed an error: is http://localhost:3000/callback registered as redirect "
             "URI of the app, and are you allowed to use it?");
}

bool redirect_wait(struct context *context, const struct sign_in_options *options, struct loopback *loopback,
                   const struct secret *state, int64_t deadline, struct buffer *query, struct error *err)
{
    struct system *system = context->system;
    struct paste paste = {options->paste_descriptor, BUFFER(REDIRECT_QUERY_MAXIMUM)};
    bool ok = false, waiting = true;

    while (waiting) {
        int64_t now = system->monotonic(system);
        int64_t next = options->events.tick && now + TICK < deadline ? now + TICK : deadline;

        switch (loopback_wait(loopback, state, paste.descriptor, system, next, query, err)) {
        case LOOPBACK_REDIRECT:
            ok = true;
            waiting = false;
            break;
        case LOOPBACK_READABLE:
            ok = take_paste(options, &paste, state, query, err);
            waiting = !ok;
            break;
        case LOOPBACK_DEADLINE:
            now = system->monotonic(system);
            waiting = now < deadline || timed_out(options, err);
            if (waiting && options->events.tick)
                options->events.tick(options->events.data, (deadline - now + 999) / 1000);
            break;
        case LOOPBACK_FAILED:
            waiting = false;
            break;
        }
    }
    buffer_release(&paste.text);
    return ok;
}
