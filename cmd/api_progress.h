/* How far `logto api` has come: a line on stderr, at a terminal, for bodies that take longer than 2 seconds.
 */
#pragma once

#include "base/system.h"
#include "cmd/output.h"
#include "net/http.h"

#include <stdbool.h>
#include <stdint.h>

struct api_progress {
    const struct output *output;
    struct system *system;
    bool body_is_shown; /* the response's body goes to the terminal itself */
    bool line_open;
    int64_t started, printed; /* ms of the clock that never jumps */
};

struct api_progress api_progress_start(const struct output *output, struct system *system);

/* For the HTTP interface; `data` is the struct. */
void api_progress_report(void *data, const struct http_progress *now);

/* Takes the line away, before anything else is printed. */
void api_progress_clear(struct api_progress *progress);
