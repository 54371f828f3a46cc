/* What `logto api` makes of a response while it comes: on stdout, in a file, or one JSON object. */
#pragma once

#include "base/draft.h"
#include "cmd/api_progress.h"
#include "cmd/output.h"
#include "cmd/visible.h"
#include "net/http.h"

#include <stdbool.h>

struct api_response {
    const struct output *output;
    struct api_progress *progress;
    bool include;             /* the status line and headers first */
    bool to_file;             /* a successful response's body is for the draft */
    bool to_terminal;         /* stdout is one */
    bool may_retry;           /* a 401 is kept back: it will be tried once more */
    int status;               /* 0 before there is one */
    struct buffer head, body; /* the body is kept with --json only */
    struct draft draft;
    struct visible visible;
};

#define _cleanup_api_response_ _cleanup_(api_response_release)

/* `path` is where a successful response's body goes; NULL: to stdout. Fails with ERROR_IO. */
bool api_response_open(struct api_response *response, const struct output *output,
                       struct api_progress *progress, const char *path, struct error *err);

struct http_sink api_response_sink(struct api_response *response);

/* Whether the token was refused and nothing was printed. */
bool api_response_is_refused(const struct api_response *response);

/* After the last byte: prints the object of --json, gives the file its name. Fails with ERROR_IO. */
bool api_response_finish(struct api_response *response, struct error *err);

void api_response_release(struct api_response *response);
