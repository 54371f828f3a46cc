#include "fake.h"

#include "oidc/document.h"

static const char url[] = "https://tenant.example/doc";
static const struct document_source source = {FAKE_ISSUER,      "discovery",    url, "reading the document",
                                              .lifetime = 3600, .shortest = 300};

/* The word of what document_load() gives, and how. */
static const char *load(struct fake_world *world, bool *fetched)
{
    static char word[64];
    _cleanup_cache_entry_ struct cache_entry entry = {0};
    struct error err = {.message = ""};

    if (!document_load(&world->oidc, &source, &entry, fetched, &err))
        fail_msg("%s", err.message);
    snprintf(word, sizeof(word), "%s", json_string(entry.document, "word"));
    return word;
}

static void expect_load(struct fake_world *world, const char *word, bool wanted_fetched)
{
    bool fetched = !wanted_fetched;

    assert_string_equal(load(world, &fetched), word);
    assert_int_equal(fetched, wanted_fetched);
}

static void expect_failure(struct fake_world *world, enum error_code code, const char *part)
{
    struct cache_entry entry = {0};
    struct error err = {.message = ""};
    bool fetched;

    assert_false(document_load(&world->oidc, &source, &entry, &fetched, &err));
    assert_error(&err, code, part);
    assert_null(entry.document);
}

static void a_document_is_fetched_once_and_then_kept(void **state)
{
    struct fake_world *world = *state;

    fake_expect(&world->http, url, 200, "{\"word\":\"one\"}");
    expect_load(world, "one", true);
    expect_load(world, "one", false);
    world->system.now += 3599;
    expect_load(world, "one", false);
    assert_all_asked(&world->http);
    assert_null(world->http.requests[0].form);
    assert_int_equal(world->http.requests[0].maximum, OIDC_RESPONSE_MAXIMUM);
}

static void after_its_lifetime_it_is_asked_for_again(void **state)
{
    struct fake_world *world = *state;

    fake_expect(&world->http, url, 200, "{\"word\":\"one\"}");
    fake_expect(&world->http, url, 200, "{\"word\":\"two\"}");
    expect_load(world, "one", true);
    world->system.now += 3600;
    expect_load(world, "two", true);
    assert_all_asked(&world->http);
}

static void the_server_may_say_how_long_within_bounds(void **state)
{
    static const struct {
        int64_t said, kept;
    } cases[] = {{0, 300},  {299, 300}, {301, 301}, {86400, 86400}, {86401, 86400}, {INT64_C(1) << 50, 86400},
                 {-1, 3600}};
    struct fake_world *world = *state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        cache_remove(FAKE_ISSUER, "discovery");
        fake_expect(&world->http, url, 200, "{\"word\":\"one\"}")->max_age = cases[i].said;
        expect_load(world, "one", true);
        world->system.now += cases[i].kept - 1;
        expect_load(world, "one", false);
        world->system.now++;
        fake_expect(&world->http, url, 200, "{\"word\":\"two\"}");
        expect_load(world, "two", true);
    }
}

static void an_etag_saves_the_transfer(void **state)
{
    struct fake_world *world = *state;

    fake_expect(&world->http, url, 200, "{\"word\":\"one\"}")->etag = "\"v1\"";
    expect_load(world, "one", true);
    assert_null(world->http.requests[0].etag);
    world->system.now += 3600;
    fake_expect(&world->http, url, 304, NULL);
    expect_load(world, "one", true);
    assert_string_equal(world->http.requests[1].etag, "\"v1\"");
    expect_load(world, "one", false); /* confirmed: fresh again */
    world->system.now += 3600;
    fake_expect(&world->http, url, 200, "{\"word\":\"two\"}"); /* without an etag */
    expect_load(world, "two", true);
    assert_string_equal(world->http.requests[2].etag, "\"v1\""); /* the 304 kept it */
    world->system.now += 3600;
    fake_expect(&world->http, url, 200, "{\"word\":\"three\"}");
    expect_load(world, "three", true);
    assert_null(world->http.requests[3].etag);
}

static void not_modified_without_anything_to_modify_is_refused(void **state)
{
    struct fake_world *world = *state;

    fake_expect(&world->http, url, 304, NULL);
    expect_failure(world, ERROR_PROTOCOL, "reading the document");
}

static void an_entry_from_the_future_is_not_believed(void **state)
{
    struct fake_world *world = *state;

    fake_expect(&world->http, url, 200, "{\"word\":\"one\"}");
    expect_load(world, "one", true);
    world->system.now -= 10;
    fake_expect(&world->http, url, 200, "{\"word\":\"two\"}");
    expect_load(world, "two", true);
    assert_all_asked(&world->http);
}

static void offline_takes_what_is_there_however_old_and_never_asks(void **state)
{
    struct fake_world *world = *state;

    world->oidc.offline = true;
    expect_failure(world, ERROR_NETWORK, "--offline");
    world->oidc.offline = false;
    fake_expect(&world->http, url, 200, "{\"word\":\"one\"}");
    expect_load(world, "one", true);
    world->oidc.offline = true;
    world->system.now += INT64_C(10) * 365 * 86400;
    expect_load(world, "one", false);
    assert_int_equal(world->http.request_count, 1);
}

static void failures_say_what_was_being_read_and_keep_the_cache(void **state)
{
    struct fake_world *world = *state;

    fake_expect(&world->http, url, 200, "{\"word\":\"one\"}");
    expect_load(world, "one", true);
    world->system.now += 3600;
    fake_expect_failure(&world->http, url, ERROR_TLS, false);
    expect_failure(world, ERROR_TLS, "reading the document: the fake network failed");
    fake_expect(&world->http, url, 500, "{\"word\":\"bad\"}");
    expect_failure(world, ERROR_NETWORK, "reading the document");
    fake_expect(&world->http, url, 404, NULL);
    expect_failure(world, ERROR_PROTOCOL, "reading the document");
    fake_expect(&world->http, url, 200, "<html>");
    expect_failure(world, ERROR_PROTOCOL, "reading the document");
    fake_expect(&world->http, url, 200, "{\"word\":\"a\",\"word\":\"b\"}");
    expect_failure(world, ERROR_PROTOCOL, "reading the document");
    world->oidc.offline = true;
    expect_load(world, "one", false);
}

static void forcing_asks_although_fresh_and_notes_the_time(void **state)
{
    struct fake_world *world = *state;
    _cleanup_cache_entry_ struct cache_entry forced = {0}, kept = {0};
    struct error err;

    fake_expect(&world->http, url, 200, "{\"word\":\"one\"}")->etag = "\"v1\"";
    expect_load(world, "one", true);
    world->system.now += 5;
    fake_expect(&world->http, url, 200, "{\"word\":\"two\"}");
    assert_true(document_fetch(&world->oidc, &source, &forced, &err));
    assert_int_equal(forced.forced_at, world->system.now);
    assert_string_equal(world->http.requests[1].etag, "\"v1\"");
    assert_true(cache_read(FAKE_ISSUER, "discovery", url, &kept));
    assert_int_equal(kept.forced_at, FAKE_NOW + 5);
    assert_string_equal(json_string(kept.document, "word"), "two");
}

static void the_time_of_forcing_survives_an_ordinary_fetch(void **state)
{
    struct fake_world *world = *state;
    _cleanup_cache_entry_ struct cache_entry forced = {0}, kept = {0};
    struct error err;

    fake_expect(&world->http, url, 200, "{\"word\":\"one\"}");
    assert_true(document_fetch(&world->oidc, &source, &forced, &err));
    world->system.now += 3600;
    fake_expect(&world->http, url, 200, "{\"word\":\"two\"}");
    expect_load(world, "two", true);
    assert_true(cache_read(FAKE_ISSUER, "discovery", url, &kept));
    assert_int_equal(kept.forced_at, FAKE_NOW);
    assert_int_equal(kept.fetched_at, FAKE_NOW + 3600);
}

static void leaving_no_trace_writes_nothing(void **state)
{
    struct fake_world *world = *state;
    struct cache_entry entry = {0};

    world->oidc.leaves_no_trace = true;
    fake_expect(&world->http, url, 200, "{\"word\":\"one\"}");
    expect_load(world, "one", true);
    assert_false(cache_read(FAKE_ISSUER, "discovery", url, &entry));
}

static void plain_http_is_only_allowed_on_demand(void **state)
{
    struct fake_world *world = *state;

    fake_expect(&world->http, url, 200, "{\"word\":\"one\"}");
    expect_load(world, "one", true);
    assert_false(world->http.requests[0].allow_plain);
    world->oidc.allow_plain = true;
    world->system.now += 3600;
    fake_expect(&world->http, url, 200, "{\"word\":\"one\"}");
    expect_load(world, "one", true);
    assert_true(world->http.requests[1].allow_plain);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_document_is_fetched_once_and_then_kept),
        TEST(after_its_lifetime_it_is_asked_for_again),
        TEST(the_server_may_say_how_long_within_bounds),
        TEST(an_etag_saves_the_transfer),
        TEST(not_modified_without_anything_to_modify_is_refused),
        TEST(an_entry_from_the_future_is_not_believed),
        TEST(offline_takes_what_is_there_however_old_and_never_asks),
        TEST(failures_say_what_was_being_read_and_keep_the_cache),
        TEST(forcing_asks_although_fresh_and_notes_the_time),
        TEST(the_time_of_forcing_survives_an_ordinary_fetch),
        TEST(leaving_no_trace_writes_nothing),
        TEST(plain_http_is_only_allowed_on_demand),
    };

    return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
