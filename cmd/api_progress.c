#include "cmd/api_progress.h"

#include <inttypes.h>

#define QUIET_TIME 2000 /* ms */
#define INTERVAL 250    /* ms between two lines */

struct api_progress api_progress_start(const struct output *output, struct system *system)
{
    return (struct api_progress){.output = output, .system = system, .started = system->monotonic(system)};
}

static void print_size(int64_t bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double size = (double)bytes;
    size_t unit = 0;

    for (; size >= 1024 && unit + 1 < ARRAY_SIZE(units); unit++)
        size /= 1024;
    fprintf(stderr, "%.*f %s", unit ? 1 : 0, size, units[unit]);
}

static void print_part(const char *verb, int64_t done, int64_t all)
{
    fprintf(stderr, "%s ", verb);
    print_size(done);
    if (all > 0) {
        fputs(" of ", stderr);
        print_size(all);
    }
    fputc(' ', stderr);
}

void api_progress_report(void *data, const struct http_progress *now)
{
    struct api_progress *progress = data;
    int64_t time = progress->system->monotonic(progress->system);

    if (!progress->output->err.live || progress->output->quiet || time - progress->started < QUIET_TIME ||
        time - progress->printed < INTERVAL || (now->received > 0 && progress->body_is_shown))
        return;
    progress->printed = time;
    api_progress_clear(progress);
    if (now->received > 0)
        print_part("received", now->received, now->to_receive);
    else if (now->sent > 0)
        print_part("sent", now->sent, now->to_send);
    else
        return;
    progress->line_open = true;
}

void api_progress_clear(struct api_progress *progress)
{
    if (progress->line_open)
        fputs("\r\033[K", stderr);
    progress->line_open = false;
}
