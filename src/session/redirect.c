#include "session/redirect.h"

#include "base/terminal.h"

#define TICK 1000 /* ms */

/* Timeout for the browser to fetch the last page, ms. */
#define PAGE_TIMEOUT 3000

/* Whether it is the redirect; what isn't is answered. */
static bool take_paste(const struct redirect_wait *wait, struct paste *paste, struct buffer *query)
{
    enum paste_verdict verdict = paste_judge(paste, wait->state, query);

    if (verdict != PASTE_REDIRECT && verdict != PASTE_NOTHING && wait->events->paste_refused)
        wait->events->paste_refused(wait->events->data, verdict);
    return verdict == PASTE_REDIRECT;
}

static void read_paste(const struct redirect_wait *wait, struct paste *paste)
{
    size_t received = paste_read(paste, wait->system->monotonic(wait->system));

    if (received > 0 && wait->events->paste_received)
        wait->events->paste_received(wait->events->data, received);
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
    int64_t remark_deadline; /* when something is said about the silence; INT64_MAX: it was */
    bool visited;            /* the short URL was fetched */
    bool came_back_empty;    /* that was said */
};

static void remark(struct waiting *waiting)
{
    const struct sign_in_events *events = waiting->wait->events;

    waiting->remark_deadline = INT64_MAX;
    if (waiting->visited && events->unanswered)
        events->unanswered(events->data);
    if (!waiting->visited && events->unvisited)
        events->unvisited(events->data, waiting->wait->full_url);
}

static void tell_came_back_empty(struct waiting *waiting)
{
    const struct sign_in_events *events = waiting->wait->events;

    if (!waiting->came_back_empty && events->came_back_empty)
        events->came_back_empty(events->data);
    waiting->came_back_empty = true;
}

/* Reports the remaining time; false once there is none. */
static bool report_time(struct waiting *waiting)
{
    const struct redirect_wait *wait = waiting->wait;
    int64_t now = wait->system->monotonic(wait->system);
    int64_t left = waiting->deadline - now;

    if (left > 0 && now >= waiting->remark_deadline)
        remark(waiting);
    if (left > 0 && wait->events->tick)
        wait->events->tick(wait->events->data, (left + 999) / 1000);
    return left > 0;
}

static int64_t earlier(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

/* When there is something to do, at the latest. */
static int64_t next_turn(const struct waiting *waiting)
{
    const struct redirect_wait *wait = waiting->wait;
    int64_t next = earlier(earlier(waiting->deadline, waiting->remark_deadline), waiting->paste.due);

    return wait->events->tick ? earlier(next, wait->system->monotonic(wait->system) + TICK) : next;
}

static bool paste_is_due(const struct waiting *waiting)
{
    const struct system *system = waiting->wait->system;

    return system->monotonic(waiting->wait->system) >= waiting->paste.due;
}

static bool serve(struct waiting *waiting, struct buffer *query, struct error *err)
{
    const struct redirect_wait *wait = waiting->wait;

    for (;;) {
        int descriptor = terminal_is_ours(waiting->paste.descriptor) ? waiting->paste.descriptor : -1;

        switch (loopback_wait(wait->loopback, wait->state, descriptor, wait->system, next_turn(waiting),
                              query, err)) {
        case LOOPBACK_REDIRECT:
            return true;
        case LOOPBACK_VISITED:
            waiting->visited = true;
            break;
        case LOOPBACK_CAME_BACK_EMPTY:
            tell_came_back_empty(waiting);
            break;
        case LOOPBACK_READABLE:
            read_paste(wait, &waiting->paste);
            break;
        case LOOPBACK_DEADLINE:
            if (!report_time(waiting))
                return fail_timeout(wait, err);
            break;
        case LOOPBACK_FAILED:
            return false;
        }
        if (paste_is_due(waiting) && take_paste(wait, &waiting->paste, query))
            return true;
    }
}

bool redirect_wait(const struct redirect_wait *wait, struct buffer *query, struct error *err)
{
    int64_t now = wait->system->monotonic(wait->system);
    struct waiting waiting = {.wait = wait,
                              .paste = PASTE(wait->paste_descriptor),
                              .deadline = now + wait->timeout,
                              .remark_deadline = now + REDIRECT_VISIT_TIMEOUT};
    bool ok = serve(&waiting, query, err);

    paste_release(&waiting.paste);
    if (wait->events->done)
        wait->events->done(wait->events->data);
    return ok;
}

void redirect_start(const struct redirect_start *start)
{
    struct sign_in_urls urls = {.brief = loopback_address(start->loopback), .full = start->full_url};
    struct error why = {.message = "--no-browser"};
    bool opened;

    loopback_redirect(start->loopback, start->location, start->data);
    opened = start->browser && start->browser->open(start->browser, urls.brief, &why);
    if (start->events->waiting)
        start->events->waiting(start->events->data, &urls, loopback_port(start->loopback),
                               opened ? NULL : why.message);
}

void redirect_finish(struct loopback *loopback, struct system *system, const struct page *page)
{
    _cleanup_buffer_ struct buffer html = BUFFER(PAGE_MAXIMUM);

    if (page_render(page, &html, NULL))
        loopback_finish(loopback, &html, system, system->monotonic(system) + PAGE_TIMEOUT);
}
