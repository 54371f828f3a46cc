/* What an exchange makes of what a transport hands it: lines of headers, pieces of bodies, time that passes.
 */
#include "unit.h"

#include "base/memory.h"
#include "net/http_exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct scene {
    struct http_body body;
    struct http_sink sink;
    struct http_request request;
    struct http_response response;
    struct http_exchange exchange;
    const char *text; /* of the request's body; `given` bytes of it were read */
    size_t given;
    size_t begun; /* how often the sink's begin() was called */
    int status;
    char head[256], received[256];
    bool fails;
};

static bool read_text(void *data, void *bytes, size_t size, size_t *got, struct error *err)
{
    struct scene *scene = data;
    size_t left = strlen(scene->text) - scene->given;

    if (scene->fails)
        return error_set(err, ERROR_IO, "cannot read the text");
    *got = left < size ? left : size;
    memcpy(bytes, scene->text + scene->given, *got);
    scene->given += *got;
    return true;
}

static bool rewind_text(void *data)
{
    ((struct scene *)data)->given = 0;
    return true;
}

static bool begin(void *data, int status, const struct buffer *head, struct error *err)
{
    struct scene *scene = data;

    scene->begun++;
    scene->status = status;
    snprintf(scene->head, sizeof(scene->head), "%s", buffer_text(head));
    return !scene->fails || error_set(err, ERROR_IO, "cannot begin");
}

static bool take_piece(void *data, const void *bytes, size_t length, struct error *err)
{
    struct scene *scene = data;

    if (scene->fails)
        return error_set(err, ERROR_IO, "cannot write");
    strncat(scene->received, bytes, length);
    return true;
}

static time_t no_date(const char *text, const time_t *unused)
{
    (void)text;
    (void)unused;
    return -1;
}

static void start(struct scene *scene, bool with_sink)
{
    http_exchange_release(&scene->exchange);
    http_response_release(&scene->response);
    scene->response = (struct http_response)HTTP_RESPONSE_EMPTY;
    scene->sink = (struct http_sink){begin, take_piece, scene};
    scene->body = (struct http_body){read_text, rewind_text, (int64_t)strlen(scene->text), scene};
    scene->request.sink = with_sink ? &scene->sink : NULL;
    scene->request.body = &scene->body;
    scene->given = scene->begun = 0;
    scene->exchange = http_exchange_start(&scene->request, &scene->response, "example", no_date);
}

static int make_scene(void **state)
{
    struct scene *scene = memory_allocate(1, sizeof(*scene));

    scene->text = "0123456789";
    scene->request.maximum = 8;
    start(scene, true);
    *state = scene;
    return 0;
}

static int release_scene(void **state)
{
    struct scene *scene = *state;

    http_exchange_release(&scene->exchange);
    http_response_release(&scene->response);
    free(scene);
    return 0;
}

static bool take(struct scene *scene, const char *line)
{
    return http_exchange_take_header(&scene->exchange, line, strlen(line));
}

static void take_all(struct scene *scene, const char *const *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!take(scene, lines[i]))
            fail_msg("%s: %s", lines[i], scene->exchange.failure.message);
}

static void a_sink_begins_once_with_the_final_headers(void **state)
{
    struct scene *scene = *state;
    static const char *const lines[] = {"HTTP/1.1 100 Continue\r\n",
                                        "X-Interim: 1\r\n",
                                        "\r\n",
                                        "HTTP/1.1 404 Not Found\r\n",
                                        "Content-Type: application/problem+json\r\n",
                                        "\r\n",
                                        "Trailer: 1\r\n",
                                        "\r\n"};

    take_all(scene, lines, ARRAY_SIZE(lines));
    assert_int_equal(scene->begun, 1);
    assert_int_equal(scene->status, 404);
    assert_string_equal(scene->head, "HTTP/1.1 404 Not Found\r\nContent-Type: application/problem+json\r\n");
    assert_int_equal(scene->response.status, 404);
    assert_true(scene->response.json);
    assert_true(scene->exchange.headers_complete);
}

static void interim_headers_are_no_response(void **state)
{
    struct scene *scene = *state;
    static const char *const lines[] = {"HTTP/2 103 \r\n", "ETag: \"e\"\r\n", "\r\n"};

    take_all(scene, lines, ARRAY_SIZE(lines));
    assert_int_equal(scene->begun, 0);
    assert_false(scene->exchange.headers_complete);
}

static void only_status_lines_have_a_status(void **state)
{
    static const char *const others[] = {"HTTP/",        "HTTP/1.1",     "HTTP/1.1 ",    "HTTP/1.1 20",
                                         "HTTP/1.1 2x0", "http/1.1 200", "XTTP/1.1 200", "",
                                         "\r\n"};

    (void)state;
    assert_int_equal(http_header_status("HTTP/1.1 200 OK\r\n", 17), 200);
    assert_int_equal(http_header_status("HTTP/2 404", 10), 404);
    assert_int_equal(http_header_status("HTTP/2 404", 9), 0);
    for (size_t i = 0; i < ARRAY_SIZE(others); i++)
        assert_int_equal(http_header_status(others[i], strlen(others[i])), 0);
}

static void a_body_has_a_cap_unless_there_is_a_sink(void **state)
{
    struct scene *scene = *state;

    assert_true(http_exchange_take_body(&scene->exchange, "0123", 4));
    assert_true(http_exchange_take_body(&scene->exchange, "456789", 6));
    assert_string_equal(scene->received, "0123456789");
    assert_int_equal(scene->response.body.length, 0);
    start(scene, false);
    assert_true(http_exchange_take_body(&scene->exchange, "0123", 4));
    assert_false(http_exchange_take_body(&scene->exchange, "456789", 6));
    assert_error(&scene->exchange.failure, ERROR_PROTOCOL, "example is too large");
    assert_string_equal(buffer_text(&scene->response.body), "0123");
}

static void a_sink_that_fails_says_why(void **state)
{
    struct scene *scene = *state;

    scene->fails = true;
    assert_true(take(scene, "HTTP/1.1 200 OK\r\n"));
    assert_false(take(scene, "\r\n"));
    assert_error(&scene->exchange.failure, ERROR_IO, "cannot begin");
    assert_false(http_exchange_take_body(&scene->exchange, "x", 1));
    assert_error(&scene->exchange.failure, ERROR_IO, "cannot write");
}

static void headers_have_a_cap_with_a_sink_too(void **state)
{
    struct scene *scene = *state;
    size_t lines = 0;

    while (take(scene, "X-Flood: 0123456789012345678901234567890123456789\r\n") && lines < 10000)
        lines++;
    assert_in_range(lines, 1200, 1400);
    assert_error(&scene->exchange.failure, ERROR_PROTOCOL, "64 KiB");
}

/* The announced length, or the server waits for the rest, or takes it for the next request. */
static bool send_all(struct scene *scene)
{
    char piece[4];
    size_t got;

    do {
        if (!http_exchange_give_body(&scene->exchange, piece, sizeof(piece), &got))
            return false;
    } while (got > 0);
    return true;
}

static void a_body_must_keep_its_length(void **state)
{
    struct scene *scene = *state;

    assert_true(send_all(scene));
    assert_true(http_exchange_rewind(&scene->exchange));
    assert_true(send_all(scene));
    start(scene, true);
    scene->body.length = 9;
    assert_false(send_all(scene));
    assert_error(&scene->exchange.failure, ERROR_IO, "changed its size");
    start(scene, true);
    scene->body.length = 11;
    assert_false(send_all(scene));
    assert_error(&scene->exchange.failure, ERROR_IO, "changed its size");
    start(scene, true);
    scene->body.length = -1;
    assert_true(send_all(scene));
    scene->fails = true;
    assert_false(send_all(scene));
    assert_error(&scene->exchange.failure, ERROR_IO, "cannot read the text");
}

static void a_body_that_is_read_once_has_no_way_back(void **state)
{
    struct scene *scene = *state;

    scene->body.rewind = NULL;
    assert_false(http_exchange_rewind(&scene->exchange));
}

static bool wait_moving(struct scene *scene, int64_t step)
{
    struct http_progress progress = {.sent = 0};

    for (int i = 0; i < 8; i++) {
        usleep(20000);
        progress.received += step;
        if (!http_exchange_go_on(&scene->exchange, &progress))
            return false;
    }
    return true;
}

static void every_byte_starts_the_time_anew_with_a_sink(void **state)
{
    struct scene *scene = *state;

    scene->request.timeout = 70;
    start(scene, true);
    assert_true(wait_moving(scene, 1));
    start(scene, true);
    assert_false(wait_moving(scene, 0));
    assert_error(&scene->exchange.failure, ERROR_NETWORK, "no data");
    start(scene, false);
    assert_false(wait_moving(scene, 1));
    assert_error(&scene->exchange.failure, ERROR_NETWORK, "did not answer");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scene, release_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sink_begins_once_with_the_final_headers),
        TEST(interim_headers_are_no_response),
        TEST(only_status_lines_have_a_status),
        TEST(a_body_has_a_cap_unless_there_is_a_sink),
        TEST(a_sink_that_fails_says_why),
        TEST(headers_have_a_cap_with_a_sink_too),
        TEST(a_body_must_keep_its_length),
        TEST(a_body_that_is_read_once_has_no_way_back),
        TEST(every_byte_starts_the_time_anew_with_a_sink),
    };

    return cmocka_run_group_tests_name("http_exchange", tests, NULL, NULL);
}
