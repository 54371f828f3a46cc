/*
 * The HTTP interface. https only, or http to this machine; no redirects followed; certificates always
 * verified; headers, trailers and body of every response capped, every exchange with a deadline.
 */
#pragma once

#include "base/buffer.h"
#include "base/error.h"
#include "base/list.h"
#include "base/secret.h"
#include "codec/url.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The body of a request, read while it is sent. */
struct http_body {
    /* Puts up to `size` bytes there; *got 0: that was all. A failure ends the exchange. */
    bool (*read)(void *data, void *bytes, size_t size, size_t *got, struct error *err);
    bool (*rewind)(void *data); /* back to its first byte; NULL: it can be read only once */
    int64_t length;             /* in bytes; -1: not known before its end */
    void *data;
};

/* Where a response goes while it comes; then it is neither kept nor capped. A failure ends the exchange. */
struct http_sink {
    /* Once, before the body: the status line and the headers, "Name: value\r\n", without the empty line. */
    bool (*begin)(void *data, int status, const struct buffer *head, struct error *err);
    bool (*write)(void *data, const void *bytes, size_t length, struct error *err);
    void *data;
};

/* How far an exchange has come, in bytes of the bodies; 0 of 0 while nothing is known. */
struct http_progress {
    int64_t sent, to_send;
    int64_t received, to_receive;
};

struct http_request {
    const char *url;
    const char *method;           /* NULL: GET, or POST with a form */
    const struct list *headers;   /* more of them, "Name: value", checked by the caller; or NULL */
    const struct http_body *body; /* instead of a form; or NULL */
    const struct http_sink *sink; /* NULL: the body goes to the response, up to `maximum` */
    const struct buffer *form;    /* POSTs it as application/x-www-form-urlencoded; or NULL */
    const struct secret *bearer;  /* Authorization: Bearer …; or NULL */
    const struct secret *basic;   /* Authorization: Basic …, "user:password" not yet base64; or NULL */
    const char *etag;             /* If-None-Match; or NULL */
    const char *language;         /* Accept-Language; or NULL */
    size_t maximum;               /* cap of the body, bytes */
    int timeout;                  /* ms for the whole exchange, with a sink without a byte; 0: HTTP_TIMEOUT */
    bool once;        /* never sent again by itself, as libcurl does when a kept connection is dead */
    bool allow_plain; /* http: to another machine was asked for (--insecure-http) */
    void (*sending)(void *data); /* called when the connection stands, before anything is sent; or NULL */
    void *sending_data;
    void (*progress)(void *data, const struct http_progress *progress); /* about once a second; or NULL */
    void *progress_data;
};

#define HTTP_TIMEOUT 30000
#define _cleanup_http_response_ _cleanup_(http_response_release)

struct http_response {
    int status;
    struct buffer body;
    bool json;           /* Content-Type is application/json or …+json */
    char etag[128];      /* "" when absent or longer */
    char location[2048]; /* the same */
    int64_t max_age;     /* Cache-Control max-age in seconds; 0 for no-store or no-cache; -1 when not said */
    int64_t date;        /* the server's clock, Unix seconds; -1 when not said */
    int64_t retry_after; /* seconds; -1 when not said */
};

#define HTTP_RESPONSE_EMPTY                                                                                  \
    {                                                                                                        \
        .body = BUFFER(0), .max_age = -1, .date = -1, .retry_after = -1                                      \
    }

struct http {
    /*
     * Sends one request; any status is a success. `response` must be HTTP_RESPONSE_EMPTY. Fails with
     * ERROR_NETWORK (not reached, too slow, nothing or only part of a response came), ERROR_TLS,
     * ERROR_PROTOCOL (no HTTP, headers or body over their cap), ERROR_CONFIG (a URL that isn't allowed), or
     * as the request's body or sink does. *delivered (may be NULL) tells after a failure whether the server
     * may have acted on it. A body that neither states its length nor comes in chunks ends with the
     * connection: whether it is whole only its content can tell.
     */
    bool (*send)(struct http *http, const struct http_request *request, struct http_response *response,
                 bool *delivered, struct error *err);
    void (*close)(struct http *http);

    int64_t clock_offset; /* seconds that the clock of the server asked last is ahead of ours; 0: unknown */
};

/*
 * The URL of `request`, if it may be sent there: https anywhere; http to this machine, or elsewhere when the
 * user insisted. ERROR_CONFIG if not.
 */
bool http_request_url(const struct http_request *request, struct url *url, struct error *err);

/*
 * Makes verification in a TLS context describe the certificate that it refuses: crypto/certificate.h, a
 * module that this one doesn't include.
 */
typedef void http_certificate_watch(void *tls_context, struct buffer *out);

/*
 * libcurl, loaded at the first request, after a call of `start_tls`, because it brings OpenSSL along:
 * crypto_start(). `watch` may be NULL. Never NULL; http_close() it.
 */
struct http *http_curl_open(void (*start_tls)(void), http_certificate_watch *watch);

/* "7.88.1 OpenSSL/3.0.19", to be freed by the caller; NULL when libcurl can't be opened. */
char *http_curl_version(void);

/* Accepts NULL, sets to NULL. */
void http_close(struct http **http);

void http_response_release(struct http_response *response);
