/* The body of a request as `logto api --data` names it: a text, a file, or standard input. */
#pragma once

#include "base/error.h"
#include "net/http.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct api_body {
    struct http_body body; /* that the HTTP interface takes; NULL as its rewind: it can be sent only once */
    const char *name;      /* of the file, for messages */
    const char *text;      /* or NULL for a file */
    size_t given;          /* bytes of the text */
    int descriptor;        /* of the file; -1 for a text */
    bool owned;            /* to be closed */
    off_t start;           /* where in the file it begins */
};

#define API_BODY_EMPTY                                                                                       \
    {                                                                                                        \
        .descriptor = -1                                                                                     \
    }
#define _cleanup_api_body_ _cleanup_(api_body_release)

/*
 * TEXT, @FILE or @- (standard input); "" is an empty body. A regular file is sent with its length; what comes
 * from a pipe is passed on as it comes. `body` must not move while it is in use. Fails with ERROR_USAGE or
 * ERROR_IO.
 */
bool api_body_open(struct api_body *body, const char *data, struct error *err);

void api_body_release(struct api_body *body);
