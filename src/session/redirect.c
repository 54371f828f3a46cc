#include "session/redirect.h"

#include "codec/url.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define TICK 1000 /* ms */

/* Text typed or pasted so far, up to the end of its line. */
struct paste {
    int descriptor; /* -1 once there is nothing more to read */
    struct buffer line;
};

/* The query of a pasted redirect URL if it carries our state, else NULL. Points into the line. */
static const char *pasted_query(const char *line, const struct secret *state)
{
    _cleanup_buffer_ struct buffer value = BUFFER(1024);
    _cleanup_secret_ struct secret *said = NULL;
    const char *mark = strchr(line, '?');
    const char *query = mark ? mark + 1 : line;

    if (form_find(query, "state", &value) != FORM_ONCE)
        return NULL;
    said = secret_new(value.data, value.length);
    return secret_equal(said, state) ? query : NULL;
}

static void trim(struct buffer *line)
{
    while (line->length > 0 && strchr(" \t\r\n", line->data[line->length - 1]))
        line->data[--line->length] = '\0';
}

/* Reads what is there; true once a whole line is. A line that is too long is thrown away with its end. */
static bool read_line(struct paste *paste)
{
    char chunk[4096];
    struct error ignored;
    ssize_t got = read(paste->descriptor, chunk, sizeof(chunk));

    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
        paste->descriptor = -1;
    if (got > 0 && !buffer_append(&paste->line, chunk, (size_t)got, &ignored))
        buffer_clear(&paste->line);
    explicit_bzero(chunk, sizeof(chunk));
    return paste->line.length > 0 && strchr(paste->line.data, '\n');
}

static bool take_paste(const struct sign_in_options *options, struct paste *paste, const struct secret *state,
                       struct buffer *query, struct error *err)
{
    const char *found;

    if (!read_line(paste))
        return false;
    trim(&paste->line);
    found = pasted_query(buffer_text(&paste->line), state);
    if (found)
        return buffer_append_text(query, found, err);
    if (paste->line.length && options->events.paste_refused)
        options->events.paste_refused(options->events.data);
    buffer_clear(&paste->line);
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
    buffer_release(&paste.line);
    return ok;
}
