/* The sign-ins that work, and how a wait ends. What must not end it is in test_loopback_hostile.c. */
#include "loopback_visitor.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define CALLBACK(query, host)                                                                                \
    "GET /callback?" query " HTTP/1.1\r\nHost: " host ":{PORT}\r\nUser-Agent: test\r\n\r\n"
#define RIGHT "code=c%2Bde&state=" STATE "&iss=https%3A%2F%2Fa.example%2Foidc"
#define LAST_PAGE "GET {LAST} HTTP/1.1\r\nHost: localhost:{PORT}\r\n\r\n"

static void render(struct buffer *out)
{
    const struct page page = {.kind = PAGE_SUCCESS, .title = "Signed in", .name = "Ada <Lovelace>"};
    struct error err;

    assert_true(page_render(&page, out, &err));
}

/* A path of 128 random bits. */
static void assert_unguessable(const char *answer)
{
    char location[64] = "";

    visitor_take_location(answer, location, sizeof(location));
    assert_int_equal(location[0], '/');
    assert_int_equal(strlen(location), 23);
    assert_int_equal(strspn(location + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                     22);
}

/* One whole sign-in over `family`, with `host` in the request. */
static void sign_in(int family, const char *request, const char *query_expected)
{
    struct loopback *loopback = listen_anywhere();
    struct buffer query = BUFFER(4096);
    struct buffer page = BUFFER(PAGE_MAXIMUM);
    struct visitor visitor = {.visits = {{.request = request}, {.request = LAST_PAGE}}, .count = 2};
    int64_t before;

    render(&page);
    visitor_start(&visitor, family, loopback);
    assert_int_equal(wait_for_state(loopback, -1, &query), LOOPBACK_REDIRECT);
    assert_string_equal(buffer_text(&query), query_expected);
    before = in_ms(0);
    loopback_finish(loopback, &page, system_real(), far_deadline());
    assert_in_range(in_ms(0) - before, 0, 900); /* neither the deadline nor a turn's whole length */
    visitor_join(&visitor);
    assert_int_equal(status_of(visitor.visits[0].answer), 303);
    assert_unguessable(visitor.visits[0].answer);
    assert_headers(visitor.visits[0].answer);
    assert_int_equal(status_of(visitor.visits[1].answer), 200);
    assert_headers(visitor.visits[1].answer);
    assert_contains(visitor.visits[1].answer, "Ada &lt;Lovelace&gt;");
    assert_contains(visitor.visits[1].answer, buffer_text(&page));
    loopback_stop(&loopback);
    assert_null(loopback);
    visitor_end(&visitor);
    buffer_release(&page);
    buffer_release(&query);
}

static void a_sign_in_works_over_both_families(void **state)
{
    (void)state;
    sign_in(AF_INET, CALLBACK(RIGHT, "localhost"), RIGHT);
    sign_in(AF_INET6, CALLBACK(RIGHT, "localhost"), RIGHT);
    sign_in(AF_INET, CALLBACK(RIGHT, "127.0.0.1"), RIGHT);
    sign_in(AF_INET6, CALLBACK(RIGHT, "[::1]"), RIGHT);
}

static void the_state_is_compared_decoded(void **state)
{
    (void)state;
    sign_in(AF_INET, CALLBACK("state=%73%33cret-State%5Fof%2ethis~sign-in&error=access_denied", "localhost"),
            "state=%73%33cret-State%5Fof%2ethis~sign-in&error=access_denied");
}

static void the_query_is_appended(void **state)
{
    struct loopback *loopback = listen_anywhere();
    struct buffer query = BUFFER(4096);
    struct visitor visitor = {.visits = {{.request = CALLBACK("state=" STATE, "localhost")}}, .count = 1};
    struct error err;

    (void)state;
    assert_true(buffer_append_text(&query, "before ", &err));
    visitor_start(&visitor, AF_INET, loopback);
    assert_int_equal(wait_for_state(loopback, -1, &query), LOOPBACK_REDIRECT);
    assert_string_equal(buffer_text(&query), "before state=" STATE);
    loopback_stop(&loopback); /* with the connection still waiting */
    visitor_end(&visitor);
    buffer_release(&query);
}

/* The user reloads, once before the outcome and once after: each gets the redirect, the first query stands.
 */
static void a_second_right_request_gets_the_same_answer(void **state)
{
    struct loopback *loopback = listen_anywhere();
    struct buffer query = BUFFER(4096);
    struct buffer page = BUFFER(PAGE_MAXIMUM);
    struct visitor first = {.visits = {{.request = CALLBACK("code=1&state=" STATE, "localhost")}},
                            .count = 1};
    struct visitor third = {
        .visits = {{.request = CALLBACK("code=3&state=" STATE, "localhost")}, {.request = LAST_PAGE}},
        .count = 2};
    char *request = visitor_fill_in(CALLBACK("code=2&state=" STATE, "localhost"), loopback_port(loopback));
    int second = visitor_connect(AF_INET6, loopback_port(loopback));
    char *answer;

    (void)state;
    render(&page);
    visitor_start(&first, AF_INET, loopback);
    assert_int_equal(wait_for_state(loopback, -1, &query), LOOPBACK_REDIRECT);
    visitor_send(second, request, strlen(request));
    assert_int_equal(wait_for_state(loopback, -1, &query), LOOPBACK_REDIRECT); /* one turn, which reads it */
    visitor_start(&third, AF_INET, loopback);
    loopback_finish(loopback, &page, system_real(), far_deadline());
    visitor_join(&third);
    answer = visitor_receive(second);
    assert_string_equal(buffer_text(&query), "code=1&state=" STATE);
    assert_int_equal(status_of(answer), 303);
    assert_int_equal(status_of(third.visits[0].answer), 303);
    assert_int_equal(status_of(third.visits[1].answer), 200);
    loopback_stop(&loopback);
    visitor_end(&first);
    visitor_end(&third);
    close(second);
    free(request);
    free(answer);
    buffer_release(&page);
    buffer_release(&query);
}

static void the_deadline_and_the_descriptor_end_the_wait(void **state)
{
    struct loopback *loopback = listen_anywhere();
    struct secret *ours = secret_from_text(STATE);
    struct buffer query = BUFFER(4096);
    struct error err = {0};
    int pipes[2];
    int64_t before = in_ms(0);

    (void)state;
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(loopback_wait(loopback, ours, pipes[0], system_real(), in_ms(120), &query, &err),
                     LOOPBACK_DEADLINE);
    assert_in_range(in_ms(0) - before, 120, 2000);
    assert_int_equal(write(pipes[1], "x", 1), 1);
    assert_int_equal(wait_for_state(loopback, pipes[0], &query), LOOPBACK_READABLE);
    assert_int_equal(read(pipes[0], &(char){0}, 1), 1);
    assert_int_equal(loopback_wait(loopback, ours, pipes[0], system_real(), in_ms(0), &query, &err),
                     LOOPBACK_DEADLINE);
    close(pipes[1]); /* an end of file is something to read, too */
    assert_int_equal(wait_for_state(loopback, pipes[0], &query), LOOPBACK_READABLE);
    assert_int_equal(query.length, 0);
    close(pipes[0]);
    loopback_stop(&loopback);
    secret_free(&ours);
}

static void finishing_without_a_waiting_request_returns(void **state)
{
    struct loopback *loopback = listen_anywhere();
    struct buffer page = BUFFER(PAGE_MAXIMUM);
    int64_t before = in_ms(0);

    (void)state;
    render(&page);
    loopback_finish(loopback, &page, system_real(), far_deadline());
    assert_in_range(in_ms(0) - before, 0, 500);
    loopback_stop(&loopback);
    loopback_stop(&loopback);
    buffer_release(&page);
}

/* The user closed the window while the terminal was at work; SIGPIPE has its default action here. */
static void finishing_survives_a_browser_that_left(void **state)
{
    struct loopback *loopback = listen_anywhere();
    struct buffer query = BUFFER(4096);
    struct buffer page = BUFFER(PAGE_MAXIMUM);
    const struct linger reset = {1, 0};
    char *request = visitor_fill_in(CALLBACK(RIGHT, "localhost"), loopback_port(loopback));
    int descriptor = visitor_connect(AF_INET, loopback_port(loopback));
    int64_t before;

    (void)state;
    render(&page);
    visitor_send(descriptor, request, strlen(request));
    assert_int_equal(wait_for_state(loopback, -1, &query), LOOPBACK_REDIRECT);
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    close(descriptor);
    before = in_ms(0);
    loopback_finish(loopback, &page, system_real(), in_ms(200));
    assert_in_range(in_ms(0) - before, 0, 2000);
    loopback_stop(&loopback);
    free(request);
    buffer_release(&page);
    buffer_release(&query);
}

/* Ctrl-C and another try right away: connections in TIME_WAIT don't keep the port. */
static void the_port_is_free_again(void **state)
{
    struct loopback *loopback = listen_anywhere();
    uint16_t port = loopback_port(loopback);
    struct error err = {0};

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct buffer query = BUFFER(4096);
        struct visitor visitor = {
            .visits = {{.request = "GET /x HTTP/1.1\r\nHost: localhost:{PORT}\r\n\r\n"}}, .count = 1};

        visitor_start(&visitor, i % 2 ? AF_INET6 : AF_INET, loopback);
        assert_int_equal(wait_for_state(loopback, visitor.finished[0], &query), LOOPBACK_READABLE);
        visitor_end(&visitor);
        loopback_stop(&loopback);
        loopback = loopback_listen(system_real(), port, NULL, &err);
        assert_non_null(loopback);
        assert_int_equal(loopback_port(loopback), port);
    }
    loopback_stop(&loopback);
}

static void descriptors_are_not_inherited(void **state)
{
    struct loopback *loopback;
    bool open_before[64];

    (void)state;
    for (int i = 0; i < 64; i++)
        open_before[i] = fcntl(i, F_GETFD) >= 0;
    loopback = listen_anywhere();
    for (int i = 0; i < 64; i++)
        if (!open_before[i] && fcntl(i, F_GETFD) >= 0)
            assert_true(fcntl(i, F_GETFD) & FD_CLOEXEC);
    loopback_stop(&loopback);
    for (int i = 0; i < 64; i++)
        assert_int_equal(open_before[i], fcntl(i, F_GETFD) >= 0);
}

/* ---- the short address ---- */

struct provider_url {
    const char *url; /* NULL: there is none at the moment */
    int asked;
};

static bool append_location(void *data, struct buffer *out, struct error *err)
{
    struct provider_url *provider = data;

    provider->asked++;
    return provider->url ? buffer_append_text(out, provider->url, err)
                         : error_set(err, ERROR_NETWORK, "the provider is away");
}

#define PROVIDER "https://auth.example/oidc/auth?client_id=a&state=" STATE
#define REQUEST(method, target) method " " target " HTTP/1.1\r\nHost: localhost:{PORT}\r\n\r\n"

/* The path of the short address; to be freed. */
static char *start_path(const struct loopback *loopback)
{
    const char *address = loopback_address(loopback);

    assert_memory_equal(address, "http://localhost:", strlen("http://localhost:"));
    assert_int_equal(strtol(address + strlen("http://localhost:"), NULL, 10), loopback_port(loopback));
    return strdup(strchr(address + strlen("http://"), '/'));
}

static void the_short_address_leads_to_the_provider(void **state)
{
    struct loopback *loopback = listen_anywhere();
    struct provider_url provider = {PROVIDER, 0};
    struct buffer query = BUFFER(4096);
    char *path = start_path(loopback);
    char *get = visitor_replace(REQUEST("GET", "{START}"), "{START}", path);
    char *head = visitor_replace(REQUEST("HEAD", "{START}"), "{START}", path);
    char *other = visitor_replace(REQUEST("GET", "{START}x"), "{START}", path);
    struct visitor visitor = {
        .visits = {{.request = head}, {.request = other}, {.request = get}, {.request = get}}, .count = 4};

    (void)state;
    loopback_redirect(loopback, append_location, &provider);
    visitor_start(&visitor, AF_INET6, loopback);
    assert_int_equal(wait_for_state(loopback, visitor.finished[0], &query), LOOPBACK_VISITED);
    assert_int_equal(wait_for_state(loopback, visitor.finished[0], &query), LOOPBACK_READABLE); /* once */
    visitor_join(&visitor);
    assert_int_equal(status_of(visitor.visits[0].answer), 200);
    assert_null(strstr(visitor.visits[0].answer, STATE));
    assert_int_equal(status_of(visitor.visits[1].answer), 404);
    for (int i = 2; i < 4; i++) {
        assert_int_equal(status_of(visitor.visits[i].answer), 303);
        assert_headers(visitor.visits[i].answer);
        assert_contains(visitor.visits[i].answer, "\r\nLocation: " PROVIDER "\r\n");
    }
    assert_int_equal(provider.asked, 2);
    assert_int_equal(query.length, 0);
    loopback_stop(&loopback);
    visitor_end(&visitor);
    free(path);
    free(get);
    free(head);
    free(other);
}

/* Two listeners have nothing in common, and before it leads anywhere the short address is not there. */
static void the_short_address_is_another_each_time(void **state)
{
    struct loopback *first = listen_anywhere(), *second = listen_anywhere();
    char *one = start_path(first), *two = start_path(second);
    char *get = visitor_replace(REQUEST("GET", "{START}"), "{START}", one);
    struct visitor visitor = {.visits = {{.request = get}}, .count = 1};
    struct buffer query = BUFFER(4096);

    (void)state;
    assert_int_equal(strlen(one), 23);
    assert_string_not_equal(one, two);
    visitor_start(&visitor, AF_INET, first);
    assert_int_equal(wait_for_state(first, visitor.finished[0], &query), LOOPBACK_READABLE);
    visitor_join(&visitor);
    assert_int_equal(status_of(visitor.visits[0].answer), 404);
    loopback_stop(&first);
    loopback_stop(&second);
    visitor_end(&visitor);
    free(one);
    free(two);
    free(get);
}

static void a_provider_that_is_away_can_be_asked_again(void **state)
{
    struct loopback *loopback = listen_anywhere();
    struct provider_url provider = {NULL, 0};
    struct buffer query = BUFFER(4096);
    char *path = start_path(loopback);
    char *get = visitor_replace(REQUEST("GET", "{START}"), "{START}", path);
    struct visitor before = {.visits = {{.request = get}}, .count = 1}, after = before;

    (void)state;
    loopback_redirect(loopback, append_location, &provider);
    visitor_start(&before, AF_INET, loopback);
    assert_int_equal(wait_for_state(loopback, before.finished[0], &query), LOOPBACK_READABLE); /* no visit */
    visitor_join(&before);
    assert_int_equal(status_of(before.visits[0].answer), 502);
    assert_headers(before.visits[0].answer);
    provider.url = PROVIDER;
    visitor_start(&after, AF_INET, loopback);
    assert_int_equal(wait_for_state(loopback, after.finished[0], &query), LOOPBACK_VISITED);
    loopback_stop(&loopback);
    visitor_end(&before);
    visitor_end(&after);
    free(path);
    free(get);
}

/* How often the bytes lie in memory that we can write to, other than at `bytes` itself and in the reading
 * buffer. */
static int count_copies(const char *bytes, size_t length)
{
    enum { LARGEST = 64 * 1024 * 1024 }; /* what is larger is the sanitizer's own */
    FILE *maps = fopen("/proc/self/maps", "re");
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    char *copy = malloc(LARGEST);
    uintptr_t start, end;
    char *rest;
    char line[512];
    int count = 0;

    while (fgets(line, sizeof(line), maps)) {
        start = strtoul(line, &rest, 16);
        end = strtoul(rest + 1, &rest, 16);
        if (strncmp(rest, " rw", 3) != 0 || end - start > LARGEST ||
            (start <= (uintptr_t)copy && (uintptr_t)copy < end))
            continue;
        ssize_t size = pread(memory, copy, end - start, (off_t)start);

        for (char *at = copy; size > 0 && (at = memmem(at, (size_t)(copy + size - at), bytes, length)); at++)
            count += start + (uintptr_t)(at - copy) != (uintptr_t)bytes;
    }
    free(copy);
    close(memory);
    fclose(maps);
    return count;
}

/* A child of ours makes up a code and sends it: nobody else could have left it in our memory. */
static pid_t send_unknown_code(uint16_t port)
{
    pid_t pid = fork();
    char code[33] = "";
    char *request = NULL;
    unsigned char random[16];
    struct error err;
    int descriptor;

    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    descriptor = visitor_connect(AF_INET, port);
    system_real()->random(system_real(), random, sizeof(random), &err);
    for (size_t i = 0; i < sizeof(random); i++)
        snprintf(code + 2 * i, 3, "%02x", random[i]);
    if (asprintf(&request, "GET /callback?state=" STATE "&code=%s HTTP/1.1\r\nHost: localhost:%u\r\n\r\n",
                 code, port) > 0)
        visitor_send(descriptor, request, strlen(request));
    for (;;)
        pause();
}

/* While the connection waits for the outcome, the caller's buffer is the only place that has the code. */
static void the_code_is_kept_in_one_place(void **state)
{
    struct loopback *loopback = listen_anywhere();
    struct buffer query = BUFFER(4096);
    pid_t pid = send_unknown_code(loopback_port(loopback));
    const char *code;

    (void)state;
    assert_int_equal(wait_for_state(loopback, -1, &query), LOOPBACK_REDIRECT);
    code = strstr(buffer_text(&query), "code=");
    assert_non_null(code);
    assert_int_equal(strlen(code), 5 + 32);
    assert_int_equal(count_copies(code + 5, 32), 0);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    loopback_stop(&loopback);
    buffer_release(&query);
}

/* A query that the caller can't take is no redirect, and nothing is kept of it. */
static void a_query_beyond_the_callers_bound_is_no_redirect(void **state)
{
    struct loopback *loopback = listen_anywhere();
    struct buffer query = BUFFER(16);
    struct visitor right = {.visits = {{.request = CALLBACK(RIGHT, "localhost")}}, .count = 1};

    (void)state;
    visitor_start(&right, AF_INET, loopback);
    assert_int_equal(wait_for_state(loopback, right.finished[0], &query), LOOPBACK_READABLE);
    visitor_join(&right);
    assert_int_equal(status_of(right.visits[0].answer), 414);
    assert_int_equal(query.length, 0);
    loopback_stop(&loopback);
    visitor_end(&right);
}

/* An empty or missing state of ours must not be met by an empty one of theirs. */
static void an_empty_state_is_never_right(void **state)
{
    struct loopback *loopback = listen_anywhere();
    struct secret *empty = secret_new("", 0);
    struct buffer query = BUFFER(4096);
    struct visitor visitor = {.visits = {{.request = CALLBACK("code=c&state=", "localhost")},
                                         {.request = CALLBACK("code=c", "localhost")}},
                              .count = 2};
    struct error err;

    (void)state;
    visitor_start(&visitor, AF_INET, loopback);
    assert_int_equal(
        loopback_wait(loopback, empty, visitor.finished[0], system_real(), far_deadline(), &query, &err),
        LOOPBACK_READABLE);
    visitor_join(&visitor);
    assert_int_equal(status_of(visitor.visits[0].answer), 400);
    assert_int_equal(status_of(visitor.visits[1].answer), 400);
    loopback_stop(&loopback);
    visitor_end(&visitor);
    secret_free(&empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sign_in_works_over_both_families),
        cmocka_unit_test(the_state_is_compared_decoded),
        cmocka_unit_test(the_query_is_appended),
        cmocka_unit_test(a_second_right_request_gets_the_same_answer),
        cmocka_unit_test(the_deadline_and_the_descriptor_end_the_wait),
        cmocka_unit_test(finishing_without_a_waiting_request_returns),
        cmocka_unit_test(finishing_survives_a_browser_that_left),
        cmocka_unit_test(the_port_is_free_again),
        cmocka_unit_test(descriptors_are_not_inherited),
        cmocka_unit_test(the_short_address_leads_to_the_provider),
        cmocka_unit_test(the_short_address_is_another_each_time),
        cmocka_unit_test(a_provider_that_is_away_can_be_asked_again),
        cmocka_unit_test(the_code_is_kept_in_one_place),
        cmocka_unit_test(a_query_beyond_the_callers_bound_is_no_redirect),
        cmocka_unit_test(an_empty_state_is_never_right),
    };

    return cmocka_run_group_tests_name("loopback", tests, NULL, NULL);
}
