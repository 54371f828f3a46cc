/*
 * One exchange under way, as the callbacks of a transport see it: what it receives, what it sends, how long
 * it takes. Knows nothing of the library that moves the bytes.
 */
#pragma once

#include "net/http.h"
#include "net/http_header.h"

struct http_exchange {
    const struct http_request *request;
    struct http_response *response;
    const char *host; /* for messages */
    http_date *read_date;
    struct buffer head;    /* of the response, when there is a sink */
    size_t header_bytes;   /* received so far, trailers too */
    bool headers_complete; /* of the response that isn't an interim one */
    int64_t body_sent;
    int64_t timeout, spent, looked_at; /* ms of running time */
    int64_t moved;                     /* bytes, when somebody last looked */
    struct error failure;              /* of one of the functions below */
};

#define _cleanup_http_exchange_ _cleanup_(http_exchange_release)

/* Everything that `request` says; `host` must stay valid. */
struct http_exchange http_exchange_start(const struct http_request *request, struct http_response *response,
                                         const char *host, http_date *read_date);

/* One line of a header section or of trailers, its line break and the empty one included. */
bool http_exchange_take_header(struct http_exchange *exchange, const char *line, size_t length);

/* A piece of the response's body. */
bool http_exchange_take_body(struct http_exchange *exchange, const void *bytes, size_t length);

/* The next piece of the request's body; *got 0 at its end. */
bool http_exchange_give_body(struct http_exchange *exchange, void *bytes, size_t size, size_t *got);

/* The request's body from its first byte again, if that is possible. */
bool http_exchange_rewind(struct http_exchange *exchange);

/* Whether there is time left; to be called once a second. */
bool http_exchange_go_on(struct http_exchange *exchange, const struct http_progress *progress);

void http_exchange_release(struct http_exchange *exchange);
