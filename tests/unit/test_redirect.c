/* Waiting for the redirect: what counts when it is pasted. What the browser brings is test_sign_in.c's and
 * test_loopback.c's. */
#include "fake.h"

#include "session/redirect.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define STATE "the-state"
#define FULL_URL "https://auth.example/auth?state=" STATE

struct scene {
    struct fake_world *world;
    struct redirect_wait wait;
    struct sign_in_events events;
    struct loopback *loopback;
    struct secret *state;
    struct buffer query;
    struct error err;
    int paste[2];
    int refusals, ticks, unvisited, unanswered, empty;
    size_t received;
    const char *path;   /* that fetch() asks for */
    struct system fast; /* a clock on which half a minute is soon over */
};

static void note_refusal(void *data, enum paste_verdict verdict)
{
    assert_true(verdict > PASTE_REDIRECT);
    ((struct scene *)data)->refusals++;
}

static void note_unanswered(void *data)
{
    ((struct scene *)data)->unanswered++;
}

static void note_empty(void *data)
{
    ((struct scene *)data)->empty++;
}

static void note_received(void *data, size_t characters)
{
    ((struct scene *)data)->received = characters;
}

static void note_tick(void *data, int64_t seconds_left)
{
    (void)seconds_left;
    ((struct scene *)data)->ticks++;
}

static void note_unvisited(void *data, const char *full)
{
    assert_string_equal(full, FULL_URL);
    ((struct scene *)data)->unvisited++;
}

static int64_t fast_monotonic(struct system *system)
{
    (void)system;
    return system_real()->monotonic(system_real()) * 40;
}

static int make_scene(void **state)
{
    struct scene *scene = memory_allocate(1, sizeof(*scene));
    void *world = NULL;

    if (fake_setup(&world) != 0 || pipe(scene->paste) != 0)
        return -1;
    scene->world = world;
    scene->world->system.real_clock = true;
    scene->loopback = loopback_listen(system_real(), 0, NULL, &scene->err);
    scene->state = secret_from_text(STATE);
    scene->path = scene->loopback ? strchr(loopback_address(scene->loopback) + strlen("http://"), '/') : NULL;
    scene->query = (struct buffer)BUFFER(REDIRECT_QUERY_MAXIMUM);
    scene->events = (struct sign_in_events){.paste_refused = note_refusal,
                                            .paste_received = note_received,
                                            .unvisited = note_unvisited,
                                            .unanswered = note_unanswered,
                                            .came_back_empty = note_empty,
                                            .data = scene};
    scene->fast = (struct system){.monotonic = fast_monotonic};
    scene->wait = (struct redirect_wait){.loopback = scene->loopback,
                                         .system = scene->world->interfaces.system,
                                         .state = scene->state,
                                         .events = &scene->events,
                                         .full_url = FULL_URL,
                                         .paste_descriptor = scene->paste[0],
                                         .timeout = 300};
    *state = scene;
    return scene->loopback ? 0 : -1;
}

static int release_scene(void **state)
{
    struct scene *scene = *state;
    void *world = scene->world;

    loopback_stop(&scene->loopback);
    secret_free(&scene->state);
    buffer_release(&scene->query);
    close(scene->paste[0]);
    if (scene->paste[1] >= 0)
        close(scene->paste[1]);
    free(scene);
    return fake_teardown(&world);
}

static void paste(struct scene *scene, const char *text)
{
    assert_int_equal(write(scene->paste[1], text, strlen(text)), strlen(text));
}

static bool wait_for_it(struct scene *scene)
{
    return redirect_wait(&scene->wait, &scene->query, &scene->err);
}

static void expect_taken(struct scene *scene, const char *text, const char *query)
{
    paste(scene, text);
    buffer_clear(&scene->query);
    if (!wait_for_it(scene))
        fail_msg("%s: %s", text, scene->err.message);
    assert_string_equal(buffer_text(&scene->query), query);
    assert_int_equal(scene->refusals, 0);
}

static void expect_refused(struct scene *scene, const char *text)
{
    scene->refusals = 0;
    paste(scene, text);
    if (wait_for_it(scene))
        fail_msg("%s was taken", text);
    assert_error(&scene->err, ERROR_TIMEOUT, "waiting for the sign-in");
    assert_int_equal(scene->refusals, 1);
    assert_int_equal(scene->query.length, 0);
}

static void a_redirect_may_be_pasted_in_many_forms(void **state)
{
    struct scene *scene = *state;

    expect_taken(scene, "http://localhost:3000/callback?code=c&state=" STATE "\n", "code=c&state=" STATE);
    expect_taken(scene, "localhost:3000/callback?state=" STATE "&code=c%20d\r\n",
                 "state=" STATE "&code=c%20d");
    expect_taken(scene, "?code=c&state=" STATE "\n", "code=c&state=" STATE);
    expect_taken(scene, "code=c&state=" STATE " \t\n", "code=c&state=" STATE);
    expect_taken(scene, "http://localhost:3000/callback?error=access_denied&state=" STATE "\n",
                 "error=access_denied&state=" STATE);
    expect_taken(scene, "'http://localhost:3000/callback?code=c&state=" STATE "'\n", "code=c&state=" STATE);
    expect_taken(scene, "<http://localhost:3000/callback?code=c&state=" STATE ">\n", "code=c&state=" STATE);
    expect_taken(scene, "http://localhost:3000/callback\\?code\\=c\\&state=" STATE "\n",
                 "code=c&state=" STATE);
    expect_taken(scene, "\033[200~http://localhost:3000/callback?code=c&state=" STATE "\033[201~\n",
                 "code=c&state=" STATE);
    expect_taken(scene, "http://localhost:3000/callback?code=c&state=" STATE "#_\n", "code=c&state=" STATE);
    expect_taken(scene,
                 "URL: \xE2\x80\x9Chttp://localhost:3000/callback?code=c&state=" STATE "\xE2\x80\x9D\r",
                 "code=c&state=" STATE);
}

static void a_url_may_be_wrapped(void **state)
{
    struct scene *scene = *state;

    expect_taken(scene,
                 "http://localhost:3000/callb\n  ack?code=c\n  &state=" STATE "\n  &iss=https%3A\n %2F\n",
                 "code=c&state=" STATE "&iss=https%3A%2F");
    expect_taken(scene,
                 "http://localhost:3000/callback?code=c&state=" STATE "\n&iss=x", /* no Enter at its end */
                 "code=c&state=" STATE "&iss=x");
}

static void expect_verdict(const char *text, enum paste_verdict verdict)
{
    _cleanup_free_ char *copy = memory_duplicate(text);
    _cleanup_secret_ struct secret *secret = secret_from_text(STATE);
    const char *query;

    assert_int_equal(paste_judge_text(copy, secret, &query), verdict);
    assert_null(query);
}

static void what_else_is_pasted_gets_its_own_answer(void **state)
{
    (void)state;
    expect_verdict("", PASTE_NOTHING);
    expect_verdict("''\n", PASTE_NOTHING);
    expect_verdict("\033[", PASTE_NOTHING);
    expect_verdict("http://localhost:3000/callback", PASTE_BARE);
    expect_verdict("http://localhost:3000/callback?", PASTE_BARE);
    expect_verdict("http://localhost:3000/callback?code=c&state=another", PASTE_STALE);
    expect_verdict("http://localhost:3000/AAAAAAAAAAAAAAAAAAAAAA", PASTE_START);
    expect_verdict(FULL_URL "&client_id=a", PASTE_START); /* it carries our state, too */
    expect_verdict("http://localhost:3000/callback?code=&state=" STATE, PASTE_OTHER);
    expect_verdict("the-code", PASTE_OTHER);
    expect_verdict("code=the-code", PASTE_OTHER);
}

static void without_our_exact_state_it_is_refused_and_the_wait_goes_on(void **state)
{
    struct scene *scene = *state;

    expect_refused(scene, "http://localhost:3000/callback?code=c\n");
    expect_refused(scene, "http://localhost:3000/callback?code=c&state=" STATE "x\n");
    expect_refused(scene, "http://localhost:3000/callback?code=c&state=\n");
    expect_refused(scene, "http://localhost:3000/callback?code=c&state=" STATE "&state=" STATE "\n");
    expect_refused(scene, "http://localhost:3000/callback?code=c&State=" STATE "\n");
    expect_refused(scene, "yes\n");
}

static void empty_lines_are_passed_over(void **state)
{
    struct scene *scene = *state;

    paste(scene, "\n");
    assert_false(wait_for_it(scene));
    paste(scene, " \r\n");
    assert_false(wait_for_it(scene));
    assert_int_equal(scene->refusals, 0);
}

static void a_wrong_one_does_not_spoil_the_next(void **state)
{
    struct scene *scene = *state;

    expect_refused(scene, "wrong\n");
    scene->refusals = 0;
    expect_taken(scene, "http://localhost:3000/callback?code=c&state=" STATE "\n", "code=c&state=" STATE);
}

/* They can't be told from one that is wrapped but for where they begin. */
static void the_right_one_of_two_is_found(void **state)
{
    struct scene *scene = *state;

    paste(scene, "http://localhost:3000/callback?code=old&state=other\n"
                 "http://localhost:3000/callback?code=c&state=" STATE "\n");
    assert_true(wait_for_it(scene));
    assert_string_equal(buffer_text(&scene->query), "code=c&state=" STATE);
    expect_taken(scene, "http://localhost:3000/callback?code=c&state=" STATE "\n" FULL_URL "\n",
                 "code=c&state=" STATE);
}

/* Each piece is read before the next one comes. */
static void *write_in_pieces(void *data)
{
    static const char *const pieces[] = {"http://localhost:3000/call", "back?code=c&sta", ("te=" STATE),
                                         "\n"};
    struct scene *scene = data;
    int unread;

    for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
        (void)!write(scene->paste[1], pieces[i], strlen(pieces[i]));
        while (ioctl(scene->paste[0], FIONREAD, &unread) == 0 && unread > 0)
            usleep(1000);
    }
    return NULL;
}

static void a_line_may_come_in_pieces(void **state)
{
    struct scene *scene = *state;
    pthread_t thread;

    scene->wait.timeout = 10000;
    assert_int_equal(pthread_create(&thread, NULL, write_in_pieces, scene), 0);
    assert_true(wait_for_it(scene));
    pthread_join(thread, NULL);
    assert_string_equal(buffer_text(&scene->query), "code=c&state=" STATE);
    assert_int_equal(scene->received, strlen("http://localhost:3000/callback?code=c&state=" STATE));
}

static void the_end_of_input_is_not_the_end_of_the_wait(void **state)
{
    struct scene *scene = *state;
    struct system *system = scene->world->interfaces.system;
    int64_t start = system->monotonic(system);

    close(scene->paste[1]);
    scene->paste[1] = -1;
    assert_false(wait_for_it(scene));
    assert_error(&scene->err, ERROR_TIMEOUT, "waiting for the sign-in");
    assert_true(system->monotonic(system) - start >= 290); /* and it didn't spin through an error */
}

static void a_line_without_end_is_thrown_away(void **state)
{
    struct scene *scene = *state;
    char junk[4097];

    memset(junk, 'x', sizeof(junk) - 1);
    junk[sizeof(junk) - 1] = '\0';
    for (int i = 0; i < 10; i++)
        paste(scene, junk);
    assert_false(wait_for_it(scene));
    paste(scene, "\n");
    assert_false(wait_for_it(scene));
    scene->refusals = 0;
    expect_taken(scene, "http://localhost:3000/callback?code=c&state=" STATE "\n", "code=c&state=" STATE);
}

static void it_ticks_about_once_a_second(void **state)
{
    struct scene *scene = *state;

    scene->wait.paste_descriptor = -1;
    scene->events.tick = note_tick;
    scene->wait.timeout = 2300;
    assert_false(wait_for_it(scene));
    assert_int_equal(scene->ticks, 2);
    assert_error(&scene->err, ERROR_TIMEOUT, "after 2 seconds");
}

static void that_nothing_fetched_the_short_url_is_said_once(void **state)
{
    struct scene *scene = *state;

    scene->wait.system = &scene->fast;
    scene->wait.timeout = REDIRECT_VISIT_TIMEOUT - 1000;
    assert_false(wait_for_it(scene));
    assert_int_equal(scene->unvisited, 0);
    scene->wait.timeout = INT64_C(3) * REDIRECT_VISIT_TIMEOUT;
    assert_false(wait_for_it(scene));
    assert_int_equal(scene->unvisited, 1);
}

static bool append_location(void *data, struct buffer *out, struct error *err)
{
    (void)data;
    return buffer_append_text(out, FULL_URL, err);
}

static void *fetch(void *data)
{
    struct scene *scene = data;
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(loopback_port(scene->loopback)),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    _cleanup_free_ char *request = memory_format("GET %s HTTP/1.1\r\nHost: localhost:%u\r\n\r\n", scene->path,
                                                 loopback_port(scene->loopback));
    char byte;

    if (connect(descriptor, (struct sockaddr *)&to, sizeof(to)) == 0 &&
        write(descriptor, request, strlen(request)) > 0)
        while (read(descriptor, &byte, 1) > 0)
            ;
    close(descriptor);
    return NULL;
}

static void something_else_is_said_when_it_was_fetched(void **state)
{
    struct scene *scene = *state;
    pthread_t thread;

    loopback_redirect(scene->loopback, append_location, NULL);
    assert_int_equal(pthread_create(&thread, NULL, fetch, scene), 0);
    scene->wait.system = &scene->fast;
    scene->wait.timeout = INT64_C(3) * REDIRECT_VISIT_TIMEOUT;
    assert_false(wait_for_it(scene));
    pthread_join(thread, NULL);
    assert_int_equal(scene->unvisited, 0);
    assert_int_equal(scene->unanswered, 1);
    assert_int_equal(scene->empty, 0);
}

static void *fetch_twice(void *data)
{
    fetch(data);
    return fetch(data);
}

static void coming_back_without_an_answer_is_said_once(void **state)
{
    struct scene *scene = *state;
    pthread_t thread;

    scene->path = "/callback";
    assert_int_equal(pthread_create(&thread, NULL, fetch_twice, scene), 0);
    scene->wait.timeout = 1000;
    assert_false(wait_for_it(scene));
    pthread_join(thread, NULL);
    assert_int_equal(scene->empty, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scene, release_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_redirect_may_be_pasted_in_many_forms),
        TEST(without_our_exact_state_it_is_refused_and_the_wait_goes_on),
        TEST(empty_lines_are_passed_over),
        TEST(a_wrong_one_does_not_spoil_the_next),
        TEST(a_url_may_be_wrapped),
        TEST(what_else_is_pasted_gets_its_own_answer),
        TEST(the_right_one_of_two_is_found),
        TEST(a_line_may_come_in_pieces),
        TEST(the_end_of_input_is_not_the_end_of_the_wait),
        TEST(a_line_without_end_is_thrown_away),
        TEST(it_ticks_about_once_a_second),
        TEST(that_nothing_fetched_the_short_url_is_said_once),
        TEST(something_else_is_said_when_it_was_fetched),
        TEST(coming_back_without_an_answer_is_said_once),
    };

    return cmocka_run_group_tests_name("redirect", tests, NULL, NULL);
}
