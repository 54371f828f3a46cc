/* The real HTTP interface against a server that sends exactly the bytes it is told to, then hangs up. */
#include "unit.h"

#include "base/memory.h"
#include "base/system.h"
#include "crypto/start.h"
#include "net/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nETag: \"e\"\r\n"
#define BODY "{\"access_token\":\"t\"}"
#define BODY_LENGTH "20"

struct scene {
    struct http *http;
    struct http_response response;
    struct error err;
    bool delivered;
    int listener;
    char url[64];
    const char *answer; /* then `flood`, again and again, `times` times */
    size_t length;
    const char *flood;
    size_t times;
    size_t sent;     /* of the flood's pieces */
    int connections; /* that two requests took */
    pthread_t thread;
};

static void read_request(int descriptor)
{
    char request[4096] = "";
    size_t length = 0;
    ssize_t got;

    while (length < sizeof(request) - 1 && !strstr(request, "\r\n\r\n") &&
           (got = recv(descriptor, request + length, sizeof(request) - 1 - length, 0)) > 0)
        length += (size_t)got;
}

static void *serve(void *data)
{
    struct scene *scene = data;
    int descriptor = accept(scene->listener, NULL, NULL);

    read_request(descriptor);
    (void)!send(descriptor, scene->answer, scene->length, MSG_NOSIGNAL);
    for (scene->sent = 0; scene->sent < scene->times; scene->sent++)
        if (send(descriptor, scene->flood, strlen(scene->flood), MSG_NOSIGNAL) < 0)
            break;
    close(descriptor);
    return NULL;
}

static int make_scene(void **state)
{
    struct scene *scene = memory_allocate(1, sizeof(*scene));
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof(address);

    scene->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(scene->listener, (struct sockaddr *)&address, length) != 0 || listen(scene->listener, 4) != 0 ||
        getsockname(scene->listener, (struct sockaddr *)&address, &length) != 0)
        return -1;
    snprintf(scene->url, sizeof(scene->url), "http://127.0.0.1:%u/", ntohs(address.sin_port));
    scene->http = http_curl_open(crypto_start, NULL);
    *state = scene;
    return 0;
}

static int release_scene(void **state)
{
    struct scene *scene = *state;

    http_close(&scene->http);
    http_response_release(&scene->response);
    close(scene->listener);
    free(scene);
    return 0;
}

static bool ask(struct scene *scene, const char *answer, size_t length)
{
    struct http_request request = {.url = scene->url, .maximum = (size_t)64 * 1024, .timeout = 10000};
    bool ok;

    scene->answer = answer;
    scene->length = length;
    http_response_release(&scene->response);
    scene->response = (struct http_response)HTTP_RESPONSE_EMPTY;
    scene->err = (struct error){.code = ERROR_NONE};
    assert_int_equal(pthread_create(&scene->thread, NULL, serve, scene), 0);
    ok = scene->http->send(scene->http, &request, &scene->response, &scene->delivered, &scene->err);
    pthread_join(scene->thread, NULL);
    return ok;
}

static void expect_whole(struct scene *scene, const char *answer)
{
    if (!ask(scene, answer, strlen(answer)))
        fail_msg("%s: %s", answer, scene->err.message);
    assert_int_equal(scene->response.status, 200);
    assert_string_equal(buffer_text(&scene->response.body), BODY);
    assert_string_equal(scene->response.etag, "\"e\"");
    assert_int_equal(scene->response.retry_after, -1);
    assert_true(scene->response.json);
}

/* Wherever the response is cut, it has failed, and the server may have acted on the request. */
static void expect_cuts_noticed(struct scene *scene, const char *answer, size_t from, size_t to)
{
    for (size_t cut = from; cut < to; cut++) {
        if (ask(scene, answer, cut))
            fail_msg("cut at %zu: %.*s", cut, (int)cut, answer);
        assert_string_equal(error_code_word(scene->err.code), "network");
        assert_true(scene->delivered);
    }
}

#define WITH_LENGTH HEAD "Content-Length: " BODY_LENGTH "\r\n\r\n" BODY
#define CHUNKED HEAD "Transfer-Encoding: chunked\r\n\r\n14\r\n" BODY "\r\n0\r\n\r\n"
#define UNTIL_CLOSED HEAD "Connection: close\r\n\r\n" BODY

static void every_kind_of_whole_response_is_taken(void **state)
{
    expect_whole(*state, WITH_LENGTH);
    expect_whole(*state, CHUNKED);
    expect_whole(*state, UNTIL_CLOSED);
    expect_whole(*state, "HTTP/1.1 103 Early Hints\r\nETag: \"early\"\r\nRetry-After: 7\r\n\r\n" WITH_LENGTH);
}

static void a_response_cut_anywhere_has_failed(void **state)
{
    struct scene *scene = *state;

    expect_cuts_noticed(scene, WITH_LENGTH, 0, strlen(WITH_LENGTH));
    expect_cuts_noticed(scene, CHUNKED, 0, strlen(CHUNKED) - strlen("\r\n"));
    expect_cuts_noticed(scene, UNTIL_CLOSED, 0, strlen(UNTIL_CLOSED) - strlen(BODY) - 1);
}

/* Nothing in HTTP tells; the caller finds that it is no JSON. */
static void a_body_that_ends_with_the_connection_comes_as_it_is(void **state)
{
    struct scene *scene = *state;

    for (size_t missing = 1; missing <= strlen(BODY); missing++) {
        assert_true(ask(scene, UNTIL_CLOSED, strlen(UNTIL_CLOSED) - missing));
        assert_int_equal(scene->response.body.length, strlen(BODY) - missing);
    }
}

static void an_interim_response_is_not_the_response(void **state)
{
    struct scene *scene = *state;
    const char *interim = "HTTP/1.1 103 Early Hints\r\nETag: \"e\"\r\n\r\n";

    assert_false(ask(scene, interim, strlen(interim)));
    assert_error(&scene->err, ERROR_NETWORK, "");
}

/* More than this never leaves the server: the connection is closed under it. */
static void expect_flood_stopped(struct scene *scene, enum error_code code, const char *start,
                                 const char *flood)
{
    int64_t before = system_real()->monotonic(system_real());

    scene->flood = flood;
    scene->times = 1000000;
    assert_false(ask(scene, start, strlen(start)));
    if (code != ERROR_NONE)
        assert_error(&scene->err, code, "too large");
    assert_in_range(scene->sent * strlen(flood), 0, (size_t)16 * 1024 * 1024); /* in the sockets' buffers */
    assert_in_range(system_real()->monotonic(system_real()) - before, 0, 5000);
}

static void headers_and_trailers_are_capped(void **state)
{
    struct scene *scene = *state;
    struct rusage before, after;
    char line[1024];

    snprintf(line, sizeof(line), "X: %01017d\r\n", 0);
    getrusage(RUSAGE_SELF, &before);
    expect_flood_stopped(scene, ERROR_PROTOCOL, HEAD, line);
    expect_flood_stopped(scene, ERROR_PROTOCOL, HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\n", line);
    expect_flood_stopped(scene, ERROR_PROTOCOL, "", "HTTP/1.1 100 Continue\r\n\r\n");
    getrusage(RUSAGE_SELF, &after);
    assert_in_range(after.ru_maxrss - before.ru_maxrss, 0, 64 * 1024); /* KiB */
}

static void one_endless_header_line_is_stopped(void **state)
{
    const char *piece = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

    expect_flood_stopped(*state, ERROR_PROTOCOL, HEAD "X: ", piece);
    /* The code for this one is another in every version of libcurl. */
    expect_flood_stopped(*state, ERROR_NONE, HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", piece);
}

static void a_body_over_its_cap_is_stopped(void **state)
{
    expect_flood_stopped(*state, ERROR_PROTOCOL, HEAD "\r\n", "0123456789abcdef0123456789abcdef");
}

/* What a trailer says comes too late to be believed. */
static void a_trailer_changes_nothing(void **state)
{
    struct scene *scene = *state;

    expect_whole(scene, HEAD "Transfer-Encoding: chunked\r\n\r\n14\r\n" BODY
                             "\r\n0\r\nETag: \"late\"\r\nContent-Type: text/html\r\n\r\n");
}

/* Answers two requests, and leaves the connection of the first open for the second. */
static void *serve_two(void *data)
{
    struct scene *scene = data;
    int first = accept(scene->listener, NULL, NULL), second = first;
    struct pollfd ways[] = {{.fd = first, .events = POLLIN}, {.fd = scene->listener, .events = POLLIN}};

    read_request(first);
    (void)!send(first, WITH_LENGTH, strlen(WITH_LENGTH), MSG_NOSIGNAL);
    poll(ways, ARRAY_SIZE(ways), 10000);
    if (ways[1].revents)
        second = accept(scene->listener, NULL, NULL);
    read_request(second);
    (void)!send(second, WITH_LENGTH, strlen(WITH_LENGTH), MSG_NOSIGNAL);
    scene->connections = second == first ? 1 : 2;
    close(first);
    if (second != first)
        close(second);
    return NULL;
}

static void expect_connections(struct scene *scene, const struct http_request *request, int connections)
{
    struct http_request first = {.url = scene->url, .maximum = 1024};

    assert_int_equal(pthread_create(&scene->thread, NULL, serve_two, scene), 0);
    assert_true(scene->http->send(scene->http, &first, &scene->response, NULL, &scene->err));
    http_response_release(&scene->response);
    scene->response = (struct http_response)HTTP_RESPONSE_EMPTY;
    assert_true(scene->http->send(scene->http, request, &scene->response, NULL, &scene->err));
    pthread_join(scene->thread, NULL);
    assert_int_equal(scene->connections, connections);
}

static bool read_nothing(void *data, void *bytes, size_t size, size_t *got, struct error *err)
{
    (void)data;
    (void)bytes;
    (void)size;
    (void)err;
    *got = 0;
    return true;
}

static void a_connection_is_kept(void **state)
{
    struct scene *scene = *state;

    expect_connections(scene, &(struct http_request){.url = scene->url, .maximum = 1024}, 1);
}

static void what_is_sent_once_gets_a_connection_of_its_own(void **state)
{
    struct scene *scene = *state;

    expect_connections(scene, &(struct http_request){.url = scene->url, .maximum = 1024, .once = true}, 2);
}

static void a_body_that_is_read_once_gets_a_connection_of_its_own(void **state)
{
    struct scene *scene = *state;
    const struct http_body body = {.read = read_nothing, .length = 0};

    expect_connections(
        scene, &(struct http_request){.url = scene->url, .maximum = 1024, .method = "POST", .body = &body},
        2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scene, release_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_kind_of_whole_response_is_taken),
        TEST(a_response_cut_anywhere_has_failed),
        TEST(a_body_that_ends_with_the_connection_comes_as_it_is),
        TEST(an_interim_response_is_not_the_response),
        TEST(headers_and_trailers_are_capped),
        TEST(one_endless_header_line_is_stopped),
        TEST(a_body_over_its_cap_is_stopped),
        TEST(a_trailer_changes_nothing),
        TEST(a_connection_is_kept),
        TEST(what_is_sent_once_gets_a_connection_of_its_own),
        TEST(a_body_that_is_read_once_gets_a_connection_of_its_own),
    };

    return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
