/*
 * For the tests of the loopback listener: a browser, or something that pretends to be one, in a thread of its
 * own. It sends requests byte by byte as written here, each over a connection of its own, and keeps the
 * answers.
 */
#pragma once

#include "net/loopback.h"
#include "net/page.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define STATE "s3cret-State_of.this~sign-in"

enum { VISITS_MAXIMUM = 40, TIMEOUT = 20 /* s, of what should not take long */ };

struct visit {
    const char *request; /* {PORT} stands for the port, {LAST} for the path that a visit was redirected to */
    size_t length;       /* 0: up to the NUL; else sent as it is, and no more to come is signalled */
    char *answer;        /* all up to the end of the connection; "" for none */
};

struct visitor {
    int family;
    uint16_t port;
    struct visit visits[VISITS_MAXIMUM];
    size_t count;
    int finished[2]; /* a pipe: readable at the first end when all is done */
    pthread_t thread;
    bool joined;
};

static inline int visitor_connect(int family, uint16_t port)
{
    struct sockaddr_in v4 = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_in6 v6 = {
        .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct timeval timeout = {TIMEOUT, 0};
    int descriptor = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result = family == AF_INET ? connect(descriptor, (struct sockaddr *)&v4, sizeof(v4))
                                   : connect(descriptor, (struct sockaddr *)&v6, sizeof(v6));

    if (result != 0) {
        close(descriptor);
        return -1;
    }
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
    return descriptor;
}

static inline void visitor_send(int descriptor, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(descriptor, bytes, length, MSG_NOSIGNAL);

        if (sent <= 0)
            return;
        bytes += sent;
        length -= (size_t)sent;
    }
}

/* Everything until the other side closes; to be freed. */
static inline char *visitor_receive(int descriptor)
{
    size_t maximum = (size_t)256 * 1024;
    size_t length = 0;
    char *text = calloc(1, maximum + 1);

    for (;;) {
        ssize_t got = recv(descriptor, text + length, maximum - length, 0);

        if (got <= 0)
            return text;
        length += (size_t)got;
    }
}

/* `text` with `value` in place of `mark`; to be freed. */
static inline char *visitor_replace(const char *text, const char *mark, const char *value)
{
    const char *place = strstr(text, mark);
    char *result = NULL;
    int length = place ? asprintf(&result, "%.*s%s%s", (int)(place - text), text, value, place + strlen(mark))
                       : asprintf(&result, "%s", text);

    return length < 0 ? NULL : result;
}

/* The request with the port filled in; to be freed. */
static inline char *visitor_fill_in(const char *request, uint16_t port)
{
    char number[8];

    snprintf(number, sizeof(number), "%u", port);
    return visitor_replace(request, "{PORT}", number);
}

/* Copies the value of the Location header, if there is one. */
static inline void visitor_take_location(const char *answer, char *location, size_t size)
{
    static const char name[] = "\r\nLocation: ";
    const char *start = answer ? strstr(answer, name) : NULL;

    if (start)
        snprintf(location, size, "%.*s", (int)strcspn(start + strlen(name), "\r"), start + strlen(name));
}

/* Answered one after the other: when this one is, the listener knows every connection before it. */
static inline void visitor_let_connect(int family, uint16_t port)
{
    char *request = visitor_fill_in("GET /favicon.ico HTTP/1.1\r\nHost: localhost:{PORT}\r\n\r\n", port);
    int descriptor = visitor_connect(family, port);

    if (descriptor >= 0) {
        visitor_send(descriptor, request, strlen(request));
        free(visitor_receive(descriptor));
        close(descriptor);
    }
    free(request);
}

static inline void visitor_visit(const struct visitor *visitor, struct visit *visit, const char *location)
{
    char *request = visitor_replace(visit->request, "{LAST}", location);
    char *filled = visitor_fill_in(request, visitor->port);
    int descriptor = visitor_connect(visitor->family, visitor->port);

    if (descriptor >= 0 && visit->length) {
        /* A connection that has ended before the listener knows it is dropped unread. */
        visitor_let_connect(visitor->family, visitor->port);
        visitor_send(descriptor, visit->request, visit->length);
        shutdown(descriptor, SHUT_WR);
    } else if (descriptor >= 0) {
        visitor_send(descriptor, filled, strlen(filled));
    }
    if (descriptor >= 0) {
        visit->answer = visitor_receive(descriptor);
        close(descriptor);
    }
    free(request);
    free(filled);
}

static inline void *visitor_run(void *context)
{
    struct visitor *visitor = context;
    char location[256] = "";

    for (size_t i = 0; i < visitor->count; i++) {
        visitor_visit(visitor, &visitor->visits[i], location);
        visitor_take_location(visitor->visits[i].answer, location, sizeof(location));
    }
    (void)!write(visitor->finished[1], "", 1);
    return NULL;
}

static inline void visitor_start(struct visitor *visitor, int family, const struct loopback *loopback)
{
    visitor->family = family;
    visitor->port = loopback_port(loopback);
    assert_int_equal(pipe(visitor->finished), 0);
    assert_int_equal(pthread_create(&visitor->thread, NULL, visitor_run, visitor), 0);
}

/* Afterwards the answers can be looked at. */
static inline void visitor_join(struct visitor *visitor)
{
    if (!visitor->joined)
        pthread_join(visitor->thread, NULL);
    visitor->joined = true;
}

static inline void visitor_end(struct visitor *visitor)
{
    visitor_join(visitor);
    close(visitor->finished[0]);
    close(visitor->finished[1]);
    for (size_t i = 0; i < visitor->count; i++)
        free(visitor->visits[i].answer);
}

static inline int64_t in_ms(int64_t duration)
{
    return system_real()->monotonic(system_real()) + duration;
}

/* Far enough away for anything that should happen at all. */
static inline int64_t far_deadline(void)
{
    return in_ms(INT64_C(1000) * TIMEOUT);
}

static inline struct loopback *listen_anywhere(void)
{
    struct error err = {0};
    struct loopback *loopback = loopback_listen(system_real(), 0, NULL, &err);

    if (!loopback)
        fail_msg("%s", err.message);
    return loopback;
}

/* A wait for STATE until the far deadline, or until `descriptor` is readable. */
static inline enum loopback_event wait_for_state(struct loopback *loopback, int descriptor,
                                                 struct buffer *query)
{
    struct secret *state = secret_from_text(STATE);
    struct error err = {0};
    enum loopback_event event = loopback_wait(loopback, state, descriptor, system_real(), far_deadline(),
                                              query, &err);

    secret_free(&state);
    return event;
}

static inline int status_of(const char *answer)
{
    return answer && strncmp(answer, "HTTP/1.1 ", 9) == 0 ? (int)strtol(answer + 9, NULL, 10) : 0;
}

static inline void assert_contains(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        fail_msg("'%s' isn't in: %s", part, text ? text : "(nothing)");
}

/* What every answer of ours promises. */
static inline void assert_headers(const char *answer)
{
    assert_contains(answer, "\r\nCache-Control: no-store\r\n");
    assert_contains(answer, "\r\nReferrer-Policy: no-referrer\r\n");
    assert_contains(answer, "\r\nX-Content-Type-Options: nosniff\r\n");
    assert_contains(answer, "\r\nContent-Security-Policy: default-src 'none'; ");
    assert_contains(answer, "frame-ancestors 'none'");
    assert_contains(answer, "\r\nConnection: close\r\n");
    assert_null(strcasestr(answer, "Access-Control-"));
}
