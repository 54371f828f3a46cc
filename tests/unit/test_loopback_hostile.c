/* What must not end a sign-in, nor hold it up: every request but the right one, and connections without one.
 */
#include "loopback_visitor.h"

#define REQUEST(method, target, headers) method " " target " HTTP/1.1\r\n" headers "\r\n"
#define HOST "Host: localhost:{PORT}\r\n"
#define RIGHT_TARGET "/callback?code=c&state=" STATE
#define RIGHT REQUEST("GET", RIGHT_TARGET, HOST)

static const struct {
    const char *request;
    int status;
    const char *text; /* that the answer has, or NULL */
} harmless[] = {
    /* another state */
    {REQUEST("GET", "/callback?code=c&state=other", HOST), 400,
     "not the sign-in that the terminal is waiting for"},
    {REQUEST("GET", "/callback?code=c", HOST), 400, "<h1>"},
    {REQUEST("GET", "/callback?error=access_denied", HOST), 400, "<h1>"},
    {REQUEST("GET", "/callback?state=", HOST), 400, NULL},
    {REQUEST("GET", "/callback?state", HOST), 400, NULL},
    {REQUEST("GET", "/callback?code=c&state=" STATE "x", HOST), 400, NULL},
    {REQUEST("GET", "/callback?code=c&state=s3cret-State_of.this~sign-i", HOST), 400, NULL},
    {REQUEST("GET", "/callback?code=c&State=" STATE, HOST), 400, NULL},
    {REQUEST("GET", "/callback?code=c&state=" STATE "&state=" STATE, HOST), 400, NULL},
    {REQUEST("GET", "/callback?code=c&state=" STATE "&st%61te=x", HOST), 400, NULL},
    {REQUEST("GET", "/callback?code=c&state=" STATE "%00", HOST), 400, NULL},
    {REQUEST("GET", "/callback?code=c&state=" STATE "%", HOST), 400, NULL},
    {REQUEST("GET", "/callback?code=c#state=" STATE, HOST), 400, NULL},
    /* nothing at all, as when somebody cancels at a third-party app */
    {REQUEST("GET", "/callback", HOST), 200, "Ctrl\u2011C"},
    {REQUEST("GET", "/callback?", HOST), 200, "go back and try again"},
    /* another method */
    {REQUEST("HEAD", RIGHT_TARGET, HOST), 200, NULL},
    {REQUEST("HEAD", "/callback?state=x", HOST), 400, NULL},
    {REQUEST("OPTIONS", RIGHT_TARGET, HOST "Access-Control-Request-Private-Network: true\r\n"), 204,
     "\r\nAllow: GET, HEAD\r\n"},
    {REQUEST("POST", RIGHT_TARGET, HOST "Content-Length: 3\r\n") "a=b", 405, "\r\nAllow: GET, HEAD\r\n"},
    {REQUEST("PUT", RIGHT_TARGET, HOST), 405, "\r\nAllow: GET, HEAD\r\n"},
    {REQUEST("get", RIGHT_TARGET, HOST), 405, NULL},
    {REQUEST("DELETE", "/", HOST), 405, NULL},
    /* another path */
    {REQUEST("GET", "/?code=c&state=" STATE, HOST), 404, "<h1>"},
    {REQUEST("GET", "/callback/?code=c&state=" STATE, HOST), 404, NULL},
    {REQUEST("GET", "//callback?code=c&state=" STATE, HOST), 404, NULL},
    {REQUEST("GET", "/Callback?code=c&state=" STATE, HOST), 404, NULL},
    {REQUEST("GET", "/callback%00?code=c&state=" STATE, HOST), 404, NULL},
    {REQUEST("GET", "/%63allback?code=c&state=" STATE, HOST), 404, NULL},
    {REQUEST("GET", "/callbacks?code=c&state=" STATE, HOST), 404, NULL},
    {REQUEST("GET", "http://localhost" RIGHT_TARGET, HOST), 404, NULL},
    {REQUEST("GET", "/favicon.ico", HOST), 204, NULL},
    {REQUEST("GET", "/done", HOST), 404, NULL},
    /* another host: DNS rebinding */
    {REQUEST("GET", RIGHT_TARGET, "Host: evil.example:{PORT}\r\n"), 421, NULL},
    {REQUEST("GET", RIGHT_TARGET, "Host: localhost\r\n"), 421, NULL},
    {REQUEST("GET", RIGHT_TARGET, "Host: localhost:{PORT}0\r\n"), 421, NULL},
    {REQUEST("GET", RIGHT_TARGET, "Host: localhost.evil.example:{PORT}\r\n"), 421, NULL},
    {REQUEST("GET", RIGHT_TARGET, "Host: localhost.:{PORT}\r\n"), 421, NULL},
    {REQUEST("GET", RIGHT_TARGET, HOST "Host: evil.example\r\n"), 421, NULL},
    {REQUEST("GET", RIGHT_TARGET, "Host: evil.example\r\n" HOST), 421, NULL},
    {"GET " RIGHT_TARGET " HTTP/1.0\r\n\r\n", 421, NULL},
};

/*
 * The system's clock, ten times as fast: a connection that says too little is cut off after a second. (When
 * the end of a connection comes together with its last bytes, libmicrohttpd overlooks it until then.) A test
 * may set it ahead by `skipped` ms.
 */
static int64_t skipped;

static int64_t fast_monotonic(struct system *system)
{
    (void)system;
    return system_real()->monotonic(system_real()) * 10 + skipped;
}

static struct system fast = {.monotonic = fast_monotonic};

static enum loopback_event wait_fast(struct loopback *loopback, int descriptor, struct buffer *query)
{
    struct secret *state = secret_from_text(STATE);
    struct error err = {0};
    enum loopback_event event;

    do
        event = loopback_wait(loopback, state, descriptor, &fast,
                              fast_monotonic(&fast) + INT64_C(10000) * TIMEOUT, query, &err);
    while (event == LOOPBACK_CAME_BACK_EMPTY); /* which ends nothing */
    secret_free(&state);
    return event;
}

/* Sends the visits and proves that the wait outlived them; then that the right request still ends it. */
static void expect_no_end(struct visitor *visitor, int family)
{
    struct loopback *loopback = listen_anywhere();
    struct buffer query = BUFFER(4096);
    struct visitor right = {.visits = {{.request = RIGHT}}, .count = 1};

    visitor_start(visitor, family, loopback);
    assert_int_equal(wait_fast(loopback, visitor->finished[0], &query), LOOPBACK_READABLE);
    visitor_join(visitor);
    assert_int_equal(query.length, 0);
    visitor_start(&right, family, loopback);
    assert_int_equal(wait_fast(loopback, -1, &query), LOOPBACK_REDIRECT);
    assert_string_equal(buffer_text(&query), "code=c&state=" STATE);
    loopback_stop(&loopback);
    visitor_end(&right);
    buffer_release(&query);
}

static void harmless_requests_end_nothing(void **state)
{
    (void)state;
    for (int round = 0; round < 2; round++) {
        for (size_t start = 0; start < ARRAY_SIZE(harmless); start += VISITS_MAXIMUM) {
            struct visitor visitor = {.count = 0};

            for (size_t i = start; i < ARRAY_SIZE(harmless) && visitor.count < VISITS_MAXIMUM; i++)
                visitor.visits[visitor.count++].request = harmless[i].request;
            expect_no_end(&visitor, round ? AF_INET6 : AF_INET);
            for (size_t i = 0; i < visitor.count; i++) {
                const char *answer = visitor.visits[i].answer;

                if (status_of(answer) != harmless[start + i].status)
                    fail_msg("%d instead of %d: %s", status_of(answer), harmless[start + i].status,
                             harmless[start + i].request);
                assert_headers(answer);
                assert_null(strstr(answer, STATE));
                assert_null(strstr(answer, "evil"));
                if (harmless[start + i].text)
                    assert_contains(answer, harmless[start + i].text);
            }
            visitor_end(&visitor);
        }
    }
}

/* libmicrohttpd 1.0 (Debian 13) refuses such a request by itself, with 400; 0.9 leaves it to us. */
static void a_request_without_a_host_ends_nothing(void **state)
{
    struct visitor visitor = {.visits = {{.request = REQUEST("GET", RIGHT_TARGET, "Accept: */*\r\n")}},
                              .count = 1};
    int status;

    (void)state;
    expect_no_end(&visitor, AF_INET);
    status = status_of(visitor.visits[0].answer);
    assert_true(status == 421 || status == 400);
    visitor_end(&visitor);
}

static char *repeat(const char *before, char filling, size_t count, const char *after)
{
    size_t start = strlen(before);
    char *text = NULL;

    if (asprintf(&text, "%s%*s%s", before, (int)count, "", after) >= 0)
        memset(text + start, filling, count);
    return text;
}

static void oversized_requests_end_nothing(void **state)
{
    char *target = repeat("GET /callback?state=" STATE "&code=", 'c', 10000,
                          " HTTP/1.1\r\nHost: localhost:{PORT}\r\n\r\n");
    char *header = repeat("GET " RIGHT_TARGET " HTTP/1.1\r\nHost: localhost\r\nX: ", 'x', 100000, "\r\n\r\n");
    char *huge = repeat("GET " RIGHT_TARGET "&x=", 'x', 1000000, " HTTP/1.1\r\n\r\n");
    char *line = repeat("", 'A', 1000000, "");
    struct visitor visitor = {
        .visits = {{.request = target}, {.request = header}, {.request = huge}, {.request = line}},
        .count = 4};

    (void)state;
    expect_no_end(&visitor, AF_INET);
    assert_int_equal(status_of(visitor.visits[0].answer), 414);
    assert_headers(visitor.visits[0].answer);
    visitor_end(&visitor);
    free(target);
    free(header);
    free(huge);
    free(line);
}

static void junk_ends_nothing(void **state)
{
    static const char hello[] = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"; /* of TLS */
    static const char nuls[64];
    static const char embedded[] = "GET /callback\0?state=" STATE " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    struct visitor visitor = {.visits = {{.request = "\r\n\r\n\r\n\r\n", .length = 8},
                                         {.request = "GET\r\n\r\n"},
                                         {.request = "GET \r\n\r\n"},
                                         {.request = "GET " RIGHT_TARGET "\r\n\r\n"},
                                         {.request = "GET " RIGHT_TARGET " FTP/9.9\r\n" HOST "\r\n"},
                                         {.request = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
                                         {.request = "\xff\xfe\xfd\r\n\r\n"},
                                         {.request = hello, .length = sizeof(hello) - 1},
                                         {.request = nuls, .length = sizeof(nuls)},
                                         {.request = embedded, .length = sizeof(embedded) - 1}},
                              .count = 10};

    (void)state;
    expect_no_end(&visitor, AF_INET);
    visitor_end(&visitor);
}

/* The right request with one byte of method, path or state exchanged is never right, whatever the byte. */
static void a_damaged_request_is_never_right(void **state)
{
    static const char damage[] = {1, 0x20, (char)0x80, 'G', 0x7F};
    struct loopback *loopback = listen_anywhere();
    struct buffer query = BUFFER(4096);
    char *right = visitor_fill_in(REQUEST("GET", "/callback?state=" STATE, HOST), loopback_port(loopback));
    size_t length = strlen(right);
    size_t end = strlen("GET /callback?state=" STATE);

    (void)state;
    for (size_t position = 0; position < end; position++) {
        struct visitor visitor = {.count = 0};
        char *damaged[sizeof(damage)];

        for (size_t i = 0; i < sizeof(damage); i++) {
            damaged[i] = strdup(right);
            damaged[i][position] = (char)(damaged[i][position] ^ damage[i]); /* 'G' at the G: a NUL */
            visitor.visits[visitor.count++] = (struct visit){.request = damaged[i], .length = length};
        }
        visitor_start(&visitor, AF_INET, loopback);
        assert_int_equal(wait_fast(loopback, visitor.finished[0], &query), LOOPBACK_READABLE);
        visitor_end(&visitor);
        for (size_t i = 0; i < sizeof(damage); i++)
            free(damaged[i]);
    }
    assert_int_equal(query.length, 0);
    loopback_stop(&loopback);
    free(right);
}

enum { IDLE = 300 };

/* More on one family than libmicrohttpd may have open. */
static void open_idle(int idle[IDLE], uint16_t port)
{
    for (int i = 0; i < IDLE; i++) {
        idle[i] = visitor_connect(AF_INET, port);
        assert_true(idle[i] >= 0);
        if (i % 3 == 0)
            visitor_send(idle[i], "GET /callback?sta", 17);
    }
}

static void close_idle(const int idle[IDLE])
{
    for (int i = 0; i < IDLE; i++)
        close(idle[i]);
}

/* Chromium opens connections that it never uses; others may do so by the hundred, before and after the right
 * one. */
static void idle_connections_keep_nobody_out(void **state)
{
    struct loopback *loopback = listen_anywhere();
    struct buffer query = BUFFER(4096);
    struct buffer page = BUFFER(100);
    struct visitor right = {.visits = {{.request = RIGHT}, {.request = REQUEST("GET", "{LAST}", HOST)}},
                            .count = 2};
    int before[IDLE], after[IDLE];
    int64_t start;

    (void)state;
    open_idle(before, loopback_port(loopback));
    start = in_ms(0);
    visitor_start(&right, AF_INET, loopback);
    assert_int_equal(wait_for_state(loopback, -1, &query), LOOPBACK_REDIRECT);
    assert_in_range(in_ms(0) - start, 0, 8000); /* before they are too old to live on */
    close_idle(before);
    open_idle(after, loopback_port(loopback));
    loopback_finish(loopback, &page, system_real(), far_deadline());
    visitor_join(&right);
    assert_int_equal(status_of(right.visits[0].answer), 303);
    assert_int_equal(status_of(right.visits[1].answer), 200);
    loopback_stop(&loopback);
    visitor_end(&right);
    close_idle(after);
    buffer_release(&query);
}

static void *drip(void *context)
{
    struct visitor *visitor = context;
    int descriptor = visitor_connect(AF_INET, visitor->port);
    char byte;

    /* A minute's worth, if nobody stops it. */
    for (int i = 0; i < 600; i++) {
        if (send(descriptor, "G", 1, MSG_NOSIGNAL) != 1 || recv(descriptor, &byte, 1, MSG_DONTWAIT) == 0)
            break;
        visitor->count++;
        poll(&(struct pollfd){.fd = descriptor, .events = POLLIN}, 1, 100);
    }
    close(descriptor);
    (void)!write(visitor->finished[1], "", 1);
    return NULL;
}

static void a_slow_drip_is_cut_off(void **state)
{
    struct loopback *loopback = listen_anywhere();
    struct buffer query = BUFFER(4096);
    struct visitor slow = {.port = loopback_port(loopback)};

    (void)state;
    assert_int_equal(pipe(slow.finished), 0);
    assert_int_equal(pthread_create(&slow.thread, NULL, drip, &slow), 0);
    assert_int_equal(wait_fast(loopback, slow.finished[0], &query), LOOPBACK_READABLE);
    visitor_join(&slow);
    assert_in_range(slow.count, 1, 60);
    slow.count = 0;
    visitor_end(&slow);
    loopback_stop(&loopback);
}

/* Whose it was can no longer be told; it may have been another user's, who read the state somewhere. */
static void a_right_request_that_was_closed_at_once_ends_nothing(void **state)
{
    static const struct linger endings[] = {{0, 0}, {1, 0}}; /* the second one resets */
    struct loopback *loopback = listen_anywhere();
    struct buffer query = BUFFER(4096);
    struct visitor marker = {.visits = {{.request = REQUEST("GET", "/favicon.ico", HOST)}}, .count = 1};
    char *request = visitor_fill_in(RIGHT, loopback_port(loopback));

    (void)state;
    for (int i = 0; i < 40; i++) {
        int descriptor = visitor_connect(i & 2 ? AF_INET6 : AF_INET, loopback_port(loopback));

        visitor_send(descriptor, request, strlen(request));
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &endings[i & 1], sizeof(endings[0]));
        close(descriptor);
    }
    visitor_start(&marker, AF_INET, loopback);
    assert_int_equal(wait_for_state(loopback, marker.finished[0], &query), LOOPBACK_READABLE);
    assert_int_equal(query.length, 0);
    loopback_stop(&loopback);
    visitor_end(&marker);
    free(request);
}

/* The right request may wait for its answer much longer than a connection may live. */
static void a_waiting_request_is_not_cut_off(void **state)
{
    struct loopback *loopback = listen_anywhere();
    struct buffer query = BUFFER(4096);
    struct buffer page = BUFFER(100);
    struct visitor right = {.visits = {{.request = RIGHT}}, .count = 1};

    (void)state;
    visitor_start(&right, AF_INET, loopback);
    assert_int_equal(wait_fast(loopback, -1, &query), LOOPBACK_REDIRECT);
    skipped += 60000;
    assert_int_equal(wait_fast(loopback, -1, &query), LOOPBACK_REDIRECT); /* asked again: the same one */
    assert_string_equal(buffer_text(&query), "code=c&state=" STATE);
    loopback_finish(loopback, &page, &fast, fast_monotonic(&fast) + 5000);
    visitor_join(&right);
    assert_int_equal(status_of(right.visits[0].answer), 303);
    loopback_stop(&loopback);
    visitor_end(&right);
    buffer_release(&query);
}

/* Not an image on somebody's page, not a HEAD, not another host. */
static void only_a_window_is_shown_the_last_page(void **state)
{
    struct loopback *loopback = listen_anywhere();
    struct buffer query = BUFFER(4096);
    struct buffer page = BUFFER(100);
    struct visitor window = {
        .visits = {{.request = RIGHT},
                   {.request = REQUEST("GET", "{LAST}", HOST "Sec-Fetch-Dest: image\r\n")},
                   {.request = REQUEST("HEAD", "{LAST}", HOST)},
                   {.request = REQUEST("GET", "{LAST}", "Host: evil.example\r\n")},
                   {.request = REQUEST("GET", "/done", HOST "Sec-Fetch-Dest: document\r\n")},
                   {.request = REQUEST("GET", "{LAST}", HOST "Sec-Fetch-Dest: document\r\n")}},
        .count = 6};
    static const int statuses[] = {303, 404, 404, 421, 404, 200};

    (void)state;
    assert_true(buffer_append_text(&page, "<p>the outcome</p>", NULL));
    visitor_start(&window, AF_INET, loopback);
    assert_int_equal(wait_for_state(loopback, -1, &query), LOOPBACK_REDIRECT);
    loopback_finish(loopback, &page, system_real(), far_deadline());
    visitor_join(&window);
    for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
        assert_int_equal(status_of(window.visits[i].answer), statuses[i]);
        assert_true(!strstr(window.visits[i].answer, "the outcome") == (i != 5));
    }
    loopback_stop(&loopback);
    visitor_end(&window);
    buffer_release(&page);
    buffer_release(&query);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(harmless_requests_end_nothing),
        cmocka_unit_test(a_request_without_a_host_ends_nothing),
        cmocka_unit_test(oversized_requests_end_nothing),
        cmocka_unit_test(junk_ends_nothing),
        cmocka_unit_test(a_damaged_request_is_never_right),
        cmocka_unit_test(idle_connections_keep_nobody_out),
        cmocka_unit_test(a_slow_drip_is_cut_off),
        cmocka_unit_test(a_right_request_that_was_closed_at_once_ends_nothing),
        cmocka_unit_test(a_waiting_request_is_not_cut_off),
        cmocka_unit_test(only_a_window_is_shown_the_last_page),
    };

    return cmocka_run_group_tests_name("loopback hostile", tests, NULL, NULL);
}
