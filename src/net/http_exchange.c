#include "net/http_exchange.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#define TURN_LONGEST 1500 /* ms between two looks at the clock, unless the process was stopped */

/* Bytes of header and trailer lines of one answer, interim ones included. Logto sends one or two KiB. */
#define HEADERS_MAXIMUM ((size_t)64 * 1024)

static int64_t clock_now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

struct http_exchange http_exchange_start(const struct http_request *request, struct http_response *response,
                                         const char *host, http_date *read_date)
{
    response->body.maximum = request->maximum;
    return (struct http_exchange){.request = request,
                                  .response = response,
                                  .host = host,
                                  .read_date = read_date,
                                  .head = BUFFER(HEADERS_MAXIMUM),
                                  .timeout = request->timeout ? request->timeout : HTTP_TIMEOUT,
                                  .looked_at = clock_now()};
}

static bool fail_too_large(struct http_exchange *exchange, const char *what)
{
    return error_set(&exchange->failure, ERROR_PROTOCOL, "the response from %s is too large: %s",
                     exchange->host, what);
}

static bool take_line(struct http_exchange *exchange, const char *line, size_t length)
{
    http_header_read(exchange->response, line, length, exchange->read_date);
    return !exchange->request->sink || buffer_append(&exchange->head, line, length, &exchange->failure);
}

/* A new response: what an interim one said is forgotten. */
static bool take_status(struct http_exchange *exchange, const char *line, size_t length, int status)
{
    http_header_reset(exchange->response);
    exchange->response->status = status;
    buffer_clear(&exchange->head);
    return take_line(exchange, line, length);
}

static bool end_headers(struct http_exchange *exchange)
{
    const struct http_sink *sink = exchange->request->sink;
    int status = exchange->response->status;

    if (exchange->headers_complete || status < 200) /* the end of trailers, or an interim response */
        return true;
    exchange->headers_complete = true;
    return !sink || sink->begin(sink->data, status, &exchange->head, &exchange->failure);
}

/* A trailer changes nothing: what it could say was needed before the body (RFC 9110, 6.5.1). */
bool http_exchange_take_header(struct http_exchange *exchange, const char *line, size_t length)
{
    int status = http_header_status(line, length);

    exchange->header_bytes += length;
    if (exchange->header_bytes > HEADERS_MAXIMUM)
        return fail_too_large(exchange, "its headers exceed 64 KiB");
    if (length > 0 && (line[0] == '\r' || line[0] == '\n'))
        return end_headers(exchange);
    if (exchange->headers_complete)
        return true;
    return status ? take_status(exchange, line, length, status) : take_line(exchange, line, length);
}

bool http_exchange_take_body(struct http_exchange *exchange, const void *bytes, size_t length)
{
    const struct http_sink *sink = exchange->request->sink;
    struct error err;

    if (sink)
        return sink->write(sink->data, bytes, length, &exchange->failure);
    return buffer_append(&exchange->response->body, bytes, length, &err) ||
           fail_too_large(exchange, err.message);
}

bool http_exchange_give_body(struct http_exchange *exchange, void *bytes, size_t size, size_t *got)
{
    const struct http_body *body = exchange->request->body;

    if (!body->read(body->data, bytes, size, got, &exchange->failure))
        return false;
    exchange->body_sent += (int64_t)*got;
    /* The server would wait for the rest of what the request announced. */
    if (body->length >= 0 &&
        (exchange->body_sent > body->length || (*got == 0 && exchange->body_sent < body->length)))
        return error_set(&exchange->failure, ERROR_IO, "the body changed its size while it was sent");
    return true;
}

bool http_exchange_rewind(struct http_exchange *exchange)
{
    const struct http_body *body = exchange->request->body;

    exchange->body_sent = 0;
    return body->rewind && body->rewind(body->data);
}

static bool fail_timeout(struct http_exchange *exchange)
{
    int64_t seconds = exchange->timeout / 1000;

    if (exchange->request->sink)
        return error_set(&exchange->failure, ERROR_NETWORK,
                         "timed out: no data to or from %s for %" PRId64 " seconds", exchange->host, seconds);
    error_set(&exchange->failure, ERROR_NETWORK, "timed out: %s did not answer within %" PRId64 " seconds",
              exchange->host, seconds);
    return error_hint(&exchange->failure, "check the network and the endpoint, then try again");
}

/*
 * Only running time counts: the response that came while the process was stopped must not be thrown away,
 * and a rotated refresh token with it. With a sink every byte starts the time anew.
 */
bool http_exchange_go_on(struct http_exchange *exchange, const struct http_progress *progress)
{
    const struct http_request *request = exchange->request;
    int64_t moved = progress->sent + progress->received;
    int64_t now = clock_now();
    int64_t since = now - exchange->looked_at;

    exchange->looked_at = now;
    exchange->spent += since < TURN_LONGEST ? since : TURN_LONGEST;
    if (request->sink && moved != exchange->moved)
        exchange->spent = 0;
    exchange->moved = moved;
    if (request->progress)
        request->progress(request->progress_data, progress);
    return exchange->spent <= exchange->timeout || fail_timeout(exchange);
}

void http_exchange_release(struct http_exchange *exchange)
{
    buffer_release(&exchange->head);
}
