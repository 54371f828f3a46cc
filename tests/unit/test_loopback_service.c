/* What the listener answers as a sign-in goes on, without any socket. */
#include "unit.h"

#include "base/memory.h"
#include "net/loopback_service.h"

#include <stdlib.h>

#define STATE "the-state"

struct scene {
    struct loopback_service service;
    struct buffer query, page;
    bool fails; /* there is nowhere to redirect to */
};

static bool append_location(void *data, struct buffer *out, struct error *err)
{
    const struct scene *scene = data;

    buffer_append_text(out, "https://auth.example/auth?state=" STATE, NULL);
    return !scene->fails || error_set(err, ERROR_NETWORK, "the provider is away");
}

static int make_scene(void **state)
{
    struct scene *scene = memory_allocate(1, sizeof(*scene));
    _cleanup_secret_ struct secret *secret = secret_from_text(STATE);

    scene->query = (struct buffer)BUFFER(100);
    scene->page = (struct buffer)BUFFER(100);
    if (!loopback_service_init(&scene->service, system_real(), 3000, NULL))
        return -1;
    loopback_service_set_state(&scene->service, secret);
    scene->service.query = &scene->query;
    *state = scene;
    return 0;
}

static int release_scene(void **state)
{
    struct scene *scene = *state;

    loopback_service_release(&scene->service);
    buffer_release(&scene->query);
    buffer_release(&scene->page);
    free(scene);
    return 0;
}

static enum loopback_verdict judge(struct scene *scene, const char *target)
{
    const struct loopback_request request = {
        .method = "GET", .target = target, .host = "localhost:3000", .hosts = 1};

    return loopback_service_judge(&scene->service, &request);
}

static void expect_reply(struct scene *scene, enum loopback_verdict verdict, unsigned int status,
                         const char *location)
{
    _cleanup_loopback_reply_ struct loopback_reply reply = LOOPBACK_REPLY_EMPTY;

    assert_true(loopback_service_reply(&scene->service, &verdict, &reply));
    assert_int_equal(reply.status, status);
    assert_string_equal(buffer_text(&reply.location), location);
}

static void the_last_page_is_served_once_and_only_when_there_is_one(void **state)
{
    struct scene *scene = *state;

    assert_int_equal(judge(scene, scene->service.last_path), LOOPBACK_IS_UNKNOWN);
    assert_int_equal(judge(scene, "/callback?code=c&state=" STATE), LOOPBACK_IS_REDIRECT);
    scene->service.page = &scene->page;
    expect_reply(scene, LOOPBACK_IS_REDIRECT, 303, scene->service.last_path);
    assert_int_equal(judge(scene, scene->service.last_path), LOOPBACK_IS_LAST_PAGE);
    expect_reply(scene, LOOPBACK_IS_LAST_PAGE, 200, "");
    assert_int_equal(judge(scene, scene->service.last_path), LOOPBACK_IS_UNKNOWN);
    loopback_service_replied(&scene->service, LOOPBACK_IS_LAST_PAGE, true);
    assert_true(scene->service.page_shown);
    assert_int_equal(judge(scene, scene->service.last_path), LOOPBACK_IS_UNKNOWN);
}

static void a_last_page_that_did_not_get_out_may_be_asked_for_again(void **state)
{
    struct scene *scene = *state;

    scene->service.page = &scene->page;
    expect_reply(scene, LOOPBACK_IS_LAST_PAGE, 200, "");
    loopback_service_replied(&scene->service, LOOPBACK_IS_LAST_PAGE, false);
    assert_false(scene->service.page_shown);
    assert_int_equal(judge(scene, scene->service.last_path), LOOPBACK_IS_LAST_PAGE);
}

static void the_short_address_leads_where_the_caller_says_when_asked(void **state)
{
    struct scene *scene = *state;

    assert_int_equal(judge(scene, scene->service.start_path), LOOPBACK_IS_UNKNOWN);
    scene->service.location = append_location;
    scene->service.location_data = scene;
    assert_int_equal(judge(scene, scene->service.start_path), LOOPBACK_IS_START);
    expect_reply(scene, LOOPBACK_IS_START, 303, "https://auth.example/auth?state=" STATE);
    scene->fails = true;
    expect_reply(scene, LOOPBACK_IS_START, 502, "");
}

static void a_visit_is_one_that_got_its_answer_and_is_reported_once(void **state)
{
    struct scene *scene = *state;

    loopback_service_replied(&scene->service, LOOPBACK_IS_START, false);
    loopback_service_replied(&scene->service, LOOPBACK_IS_START_HEAD, true);
    loopback_service_replied(&scene->service, LOOPBACK_IS_FAILED, true);
    assert_false(loopback_service_report_visit(&scene->service));
    loopback_service_replied(&scene->service, LOOPBACK_IS_START, true);
    assert_true(loopback_service_report_visit(&scene->service));
    loopback_service_replied(&scene->service, LOOPBACK_IS_START, true);
    assert_false(loopback_service_report_visit(&scene->service));
}

static void the_first_right_query_is_the_one_that_counts(void **state)
{
    struct scene *scene = *state;

    assert_int_equal(judge(scene, "/callback?code=1&state=" STATE), LOOPBACK_IS_REDIRECT);
    assert_int_equal(judge(scene, "/callback?code=2&state=" STATE), LOOPBACK_IS_REDIRECT);
    assert_string_equal(buffer_text(&scene->query), "code=1&state=" STATE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scene, release_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_last_page_is_served_once_and_only_when_there_is_one),
        TEST(a_last_page_that_did_not_get_out_may_be_asked_for_again),
        TEST(the_short_address_leads_where_the_caller_says_when_asked),
        TEST(a_visit_is_one_that_got_its_answer_and_is_reported_once),
        TEST(the_first_right_query_is_the_one_that_counts),
    };

    return cmocka_run_group_tests_name("loopback service", tests, NULL, NULL);
}
