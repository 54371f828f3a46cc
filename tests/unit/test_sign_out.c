#include "fake.h"

#include "base/lock.h"
#include "oidc/cache.h"
#include "oidc/end_session.h"
#include "session/sign_out.h"

static void expect_kept(struct fake_world *world, enum error_code code, const char *part)
{
    _cleanup_secret_ struct secret *before = fake_stored(world);
    enum sign_out_result result;
    struct error err = {.message = ""};

    assert_false(sign_out(&world->interfaces, &world->profile, false, &result, &err));
    assert_error(&err, code, part);
    assert_stored(world, before);
}

static void the_refresh_token_is_revoked_before_the_session_is_forgotten(void **state)
{
    struct fake_world *world = *state;
    _cleanup_session_ struct session session = SESSION_EMPTY;
    enum sign_out_result result = SIGN_OUT_NOT_SIGNED_IN;
    struct error err;

    fake_fill_cache(world);
    fake_sign_in(world, 3600, &session);
    fake_expect(&world->http, FAKE_REVOCATION, 200, NULL);
    assert_true(sign_out(&world->interfaces, &world->profile, false, &result, &err));
    assert_int_equal(result, SIGN_OUT_DONE);
    assert_journal(world, "load, POST /token/revocation, remove");
    assert_form(&world->http, 0, "token", "refresh-1");
    assert_stored(world, NULL);
}

static void nobody_signed_in_is_no_failure_and_asks_nobody(void **state)
{
    struct fake_world *world = *state;
    enum sign_out_result result = SIGN_OUT_DONE;
    struct error err;

    assert_true(sign_out(&world->interfaces, &world->profile, false, &result, &err));
    assert_int_equal(result, SIGN_OUT_NOT_SIGNED_IN);
    assert_journal(world, "load");
}

static void locally_nobody_is_asked(void **state)
{
    struct fake_world *world = *state;
    _cleanup_session_ struct session session = SESSION_EMPTY;
    enum sign_out_result result = SIGN_OUT_NOT_SIGNED_IN;
    struct error err;

    fake_sign_in(world, 3600, &session);
    assert_true(sign_out(&world->interfaces, &world->profile, true, &result, &err));
    assert_int_equal(result, SIGN_OUT_DONE);
    assert_journal(world, "load, remove");
    assert_stored(world, NULL);
}

static void a_session_that_cannot_be_revoked_is_kept(void **state)
{
    struct fake_world *world = *state;
    _cleanup_session_ struct session session = SESSION_EMPTY;
    enum sign_out_result result;
    struct error err;

    fake_fill_cache(world);
    fake_sign_in(world, 3600, &session);
    fake_expect_failure(&world->http, FAKE_REVOCATION, ERROR_NETWORK, true);
    expect_kept(world, ERROR_NETWORK, "the session was kept");
    fake_expect(&world->http, FAKE_REVOCATION, 503, NULL);
    expect_kept(world, ERROR_NETWORK, "the session was kept");
    fake_expect(&world->http, FAKE_REVOCATION, 400, "{\"error\":\"invalid_client\"}");
    expect_kept(world, ERROR_CONFIG, "invalid_client");
    cache_remove(FAKE_ISSUER, "discovery");
    fake_expect_failure(&world->http, FAKE_DISCOVERY, ERROR_TLS, false);
    assert_false(sign_out(&world->interfaces, &world->profile, false, &result, &err));
    assert_error(&err, ERROR_TLS, "the session was kept");
    assert_non_null(strstr(err.hint, "logto logout --local"));
    assert_all_asked(&world->http);
}

static void without_a_refresh_token_there_is_nothing_to_revoke(void **state)
{
    struct fake_world *world = *state;
    _cleanup_session_ struct session session = SESSION_EMPTY;
    enum sign_out_result result;
    struct error err;

    fake_sign_in(world, 3600, &session);
    secret_free(&session.refresh_token);
    assert_true(session_save(&world->interfaces, &world->profile, &session, &err));
    fake_forget_journal(world);
    assert_true(sign_out(&world->interfaces, &world->profile, false, &result, &err));
    assert_journal(world, "load, remove");
}

static void a_store_that_cannot_be_read_keeps_what_it_has(void **state)
{
    struct fake_world *world = *state;
    _cleanup_session_ struct session session = SESSION_EMPTY;
    enum sign_out_result result;
    struct error err;

    fake_sign_in(world, 3600, &session);
    world->store.failing_loads = 1;
    assert_false(sign_out(&world->interfaces, &world->profile, false, &result, &err));
    assert_int_equal(err.code, ERROR_STORE_LOCKED);
    assert_journal(world, "load");
}

static void what_cannot_be_read_can_be_forgotten_locally(void **state)
{
    struct fake_world *world = *state;
    struct store_key key = {"default", FAKE_ISSUER, FAKE_APP};
    _cleanup_secret_ struct secret *damaged = secret_from_text("{\"version\":99}");
    enum sign_out_result result = SIGN_OUT_NOT_SIGNED_IN;
    struct error err;

    assert_true(world->store.inner->save(world->store.inner, &key, damaged, &err));
    assert_false(sign_out(&world->interfaces, &world->profile, false, &result, &err));
    assert_error(&err, ERROR_STORE_UNAVAILABLE, "cannot read the stored session");
    assert_string_equal(err.hint, "nothing was deleted; to replace it: logto login");
    assert_stored(world, damaged);
    assert_true(sign_out(&world->interfaces, &world->profile, true, &result, &err));
    assert_int_equal(result, SIGN_OUT_DONE);
    assert_stored(world, NULL);
}

static void it_waits_for_a_refresh_on_its_way(void **state)
{
    struct fake_world *world = *state;
    _cleanup_session_ struct session session = SESSION_EMPTY;
    enum sign_out_result result;
    struct error err;
    int lock = -1;

    fake_sign_in(world, 3600, &session);
    assert_true(session_lock(&world->interfaces, &world->profile, &lock, &err));
    world->system.step = 10000;
    assert_false(sign_out(&world->interfaces, &world->profile, true, &result, &err));
    assert_error(&err, ERROR_IO, "another logto process");
    assert_journal(world, "");
    lock_release(&lock);
}

static void a_profile_that_is_not_set_up_has_nobody(void **state)
{
    struct fake_world *world = *state;
    enum sign_out_result result;
    struct error err;

    profile_set_text(&world->profile.app_id, NULL);
    assert_false(sign_out(&world->interfaces, &world->profile, false, &result, &err));
    assert_error(&err, ERROR_CONFIG, "has no app id");
}

/* The browser's own session ends elsewhere. */

static void the_browsers_session_ends_at_a_url_without_secrets(void **state)
{
    _cleanup_provider_ struct provider provider = {0};
    _cleanup_secret_ struct secret *secret = secret_from_text("s&t");
    _cleanup_buffer_ struct buffer url = BUFFER(4096), bare = BUFFER(4096), none = BUFFER(4096);
    struct error err;

    (void)state;
    fake_provider(&provider);
    assert_false(end_session_url(&provider, FAKE_APP, NULL, NULL, &none, &err));
    assert_error(&err, ERROR_PROTOCOL, FAKE_ISSUER " has no end-session endpoint");
    assert_int_equal(none.length, 0);
    provider.end_session_endpoint = memory_duplicate(FAKE_ISSUER "/session/end");
    assert_true(end_session_url(&provider, FAKE_APP, "http://localhost:3000/", secret, &url, &err));
    assert_string_equal(
        buffer_text(&url),
        FAKE_ISSUER "/session/end?client_id=app1&post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3000%2F"
                    "&state=s%26t");
    assert_true(end_session_url(&provider, FAKE_APP, NULL, NULL, &bare, &err));
    assert_string_equal(buffer_text(&bare), FAKE_ISSUER "/session/end?client_id=app1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_refresh_token_is_revoked_before_the_session_is_forgotten),
        TEST(nobody_signed_in_is_no_failure_and_asks_nobody),
        TEST(locally_nobody_is_asked),
        TEST(a_session_that_cannot_be_revoked_is_kept),
        TEST(without_a_refresh_token_there_is_nothing_to_revoke),
        TEST(a_store_that_cannot_be_read_keeps_what_it_has),
        TEST(what_cannot_be_read_can_be_forgotten_locally),
        TEST(it_waits_for_a_refresh_on_its_way),
        TEST(a_profile_that_is_not_set_up_has_nobody),
        TEST(the_browsers_session_ends_at_a_url_without_secrets),
    };

    return cmocka_run_group_tests_name("sign_out", tests, NULL, NULL);
}
