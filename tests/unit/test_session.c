#include "fake.h"

#include "session/session_json.h"

#include "base/lock.h"

#include <dirent.h>

static void put(struct session *session, const char *resource, const char *organization_id, const char *asked,
                const char *text, int64_t expires_at)
{
    struct access_token *token = session_put_token(session, resource, organization_id, asked);

    token->token = secret_from_text(text);
    token->expires_at = expires_at;
}

static void expect_token(const struct session *session, const char *resource, const char *organization_id,
                         const char *asked, const char *text)
{
    struct access_token *token = session_find_token(session, resource, organization_id, asked);

    if (!text) {
        assert_null(token);
        return;
    }
    assert_non_null(token);
    assert_string_equal(secret_text(token->token), text);
}

static void tokens_are_told_apart_by_what_they_are_for(void **state)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;

    (void)state;
    put(&session, NULL, NULL, "", "plain", 1);
    put(&session, "https://a", NULL, "", "a", 2);
    put(&session, "https://a", "org1", "", "a org1", 3);
    put(&session, NULL, "org1", "", "org1", 4);
    put(&session, "https://a", NULL, "read", "a read", 5);
    expect_token(&session, NULL, NULL, "", "plain");
    expect_token(&session, "https://a", NULL, "", "a");
    expect_token(&session, "https://a", "org1", "", "a org1");
    expect_token(&session, NULL, "org1", "", "org1");
    expect_token(&session, "https://a", NULL, "read", "a read");
    expect_token(&session, "https://b", NULL, "", NULL);
    expect_token(&session, NULL, NULL, "read", NULL);
    expect_token(&session, "", NULL, "", NULL);
    assert_int_equal(session_expires_at(&session), 1);
}

static void putting_again_takes_the_old_ones_place(void **state)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;
    struct access_token *token;

    (void)state;
    put(&session, "https://a", NULL, "", "old", 1);
    put(&session, "https://a", NULL, "", "new", 2);
    assert_int_equal(session.token_count, 1);
    expect_token(&session, "https://a", NULL, "", "new");
    /* The names may come from the token that is being replaced. */
    token = &session.tokens[0];
    token = session_put_token(&session, token->resource, token->organization_id, token->asked_scope);
    assert_string_equal(token->resource, "https://a");
    assert_null(token->token);
}

static void the_one_that_expires_first_makes_room(void **state)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;

    (void)state;
    for (int i = 0; i < SESSION_TOKENS_MAXIMUM; i++) {
        _cleanup_free_ char *resource = memory_format("https://%d", i);

        put(&session, resource, NULL, "", resource, i == 7 ? 5 : 1000 + i);
    }
    assert_int_equal(session.token_count, 32);
    put(&session, "https://new", NULL, "", "new", 2000);
    assert_int_equal(session.token_count, 32);
    expect_token(&session, "https://7", NULL, "", NULL);
    expect_token(&session, "https://new", NULL, "", "new");
    expect_token(&session, "https://0", NULL, "", "https://0");
    expect_token(&session, "https://31", NULL, "", "https://31");
    put(&session, "https://new", NULL, "", "newer", 2000); /* replacing needs no room */
    expect_token(&session, "https://0", NULL, "", "https://0");
}

static void dropping_a_resource_drops_all_that_hangs_on_it(void **state)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;
    _cleanup_free_ char *left = NULL;

    (void)state;
    list_add_words(&session.resources, "https://a https://b https://c");
    put(&session, "https://b", NULL, "", "b", 1);
    put(&session, "https://b", "org1", "x", "b org", 1);
    put(&session, "https://a", NULL, "", "a", 1);
    put(&session, NULL, NULL, "", "plain", 1);
    put(&session, "https://b", NULL, "read", "b read", 1);
    session_remove_resource(&session, "https://b");
    assert_string_equal(left = list_join(&session.resources, " "), "https://a https://c");
    assert_int_equal(session.token_count, 2);
    expect_token(&session, "https://a", NULL, "", "a");
    expect_token(&session, NULL, NULL, "", "plain");
    session_remove_resource(&session, "https://never");
    assert_int_equal(session.resources.count, 2);
}

static void without_a_plain_token_nothing_expires(void **state)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;

    (void)state;
    assert_int_equal(session_expires_at(&session), 0);
    put(&session, "https://a", NULL, "", "a", 5);
    assert_int_equal(session_expires_at(&session), 0);
}

static void a_saved_session_is_loaded_and_a_forgotten_one_is_gone(void **state)
{
    struct fake_world *world = *state;
    _cleanup_session_ struct session session = SESSION_EMPTY, loaded = SESSION_EMPTY, none = SESSION_EMPTY;
    struct error err;
    bool found = true;

    assert_true(session_find(&world->interfaces, &world->profile, &none, &found, &err));
    assert_false(found);
    fake_sign_in(world, 3600, &session);
    assert_true(session_load(&world->interfaces, &world->profile, &loaded, &err));
    assert_true(secret_equal(loaded.refresh_token, session.refresh_token));
    assert_string_equal(json_string(loaded.claims, "sub"), FAKE_SUBJECT);
    assert_true(session_forget(&world->interfaces, &world->profile, &err));
    assert_true(session_forget(&world->interfaces, &world->profile, &err));
    assert_stored(world, NULL);
}

static void nobody_signed_in_says_which_login_it_takes(void **state)
{
    struct fake_world *world = *state;
    struct session session = SESSION_EMPTY;
    struct error err;

    assert_false(session_load(&world->interfaces, &world->profile, &session, &err));
    assert_error(&err, ERROR_NOT_SIGNED_IN, "not signed in to " FAKE_ENDPOINT " with the profile 'default'");
    assert_string_equal(err.hint, "logto login");
    free(world->profile.name);
    world->profile.name = memory_duplicate("work");
    world->profile.is_default = false;
    assert_false(session_load(&world->interfaces, &world->profile, &session, &err));
    assert_string_equal(err.hint, "logto login --profile work");
}

static void a_profile_must_say_enough(void **state)
{
    struct fake_world *world = *state;
    struct profile *profile = &world->profile;
    struct session session = SESSION_EMPTY;
    struct error err;

    assert_true(session_check_profile(&world->profile, &err));
    profile_set_text(&profile->app_id, NULL);
    assert_false(session_load(&world->interfaces, &world->profile, &session, &err));
    assert_error(&err, ERROR_CONFIG, "the profile 'default' has no app id");
    free(profile->issuer);
    profile->issuer = NULL;
    assert_false(session_load(&world->interfaces, &world->profile, &session, &err));
    assert_error(&err, ERROR_NOT_SIGNED_IN, "not set up yet");
    profile_set_text(&profile->app_id, FAKE_APP);
    assert_false(session_forget(&world->interfaces, &world->profile, &err));
    assert_error(&err, ERROR_CONFIG, "has no endpoint");
    assert_journal(world, ""); /* the store wasn't asked */
}

static void another_app_endpoint_or_profile_is_another_session(void **state)
{
    struct fake_world *world = *state;
    struct profile *profile = &world->profile;
    _cleanup_session_ struct session session = SESSION_EMPTY;
    struct session other = SESSION_EMPTY;
    struct error err;
    bool found = true;

    fake_sign_in(world, 3600, &session);
    profile_set_text(&profile->app_id, "app2");
    assert_true(session_find(&world->interfaces, &world->profile, &other, &found, &err));
    assert_false(found);
    profile_set_text(&profile->app_id, FAKE_APP);
    assert_true(profile_set_endpoint(profile, "https://other.example", &err));
    assert_true(session_find(&world->interfaces, &world->profile, &other, &found, &err));
    assert_false(found);
    assert_true(profile_set_endpoint(profile, FAKE_ENDPOINT, &err));
    free(profile->name);
    profile->name = memory_duplicate("work");
    assert_true(session_find(&world->interfaces, &world->profile, &other, &found, &err));
    assert_false(found);
}

static void a_store_that_fails_is_not_an_absent_session(void **state)
{
    struct fake_world *world = *state;
    _cleanup_session_ struct session session = SESSION_EMPTY;
    struct session loaded = SESSION_EMPTY;
    struct error err;
    bool found;

    fake_sign_in(world, 3600, &session);
    world->store.failing_loads = 2;
    assert_false(session_find(&world->interfaces, &world->profile, &loaded, &found, &err));
    assert_error(&err, ERROR_STORE_LOCKED, "the fake store failed");
    world->store.failure = ERROR_STORE_UNAVAILABLE;
    assert_false(session_load(&world->interfaces, &world->profile, &loaded, &err));
    assert_int_equal(err.code, ERROR_STORE_UNAVAILABLE);
    assert_true(session_find(&world->interfaces, &world->profile, &loaded, &found, &err));
    assert_true(found);
    session_release(&loaded);
}

static void saving_can_be_prepared_whatever_the_store_holds(void **state)
{
    struct fake_world *world = *state;
    struct store_key key = {"default", FAKE_ISSUER, FAKE_APP};
    _cleanup_secret_ struct secret *damaged = secret_from_text("no session");
    struct error err;

    assert_true(session_prepare(&world->interfaces, &world->profile, &err));
    assert_true(world->store.inner->save(world->store.inner, &key, damaged, &err));
    assert_true(session_prepare(&world->interfaces, &world->profile, &err));
    world->store.failing_prepares = 1;
    assert_false(session_prepare(&world->interfaces, &world->profile, &err));
    assert_error(&err, ERROR_STORE_LOCKED, "the fake store failed");
}

static void the_lock_is_exclusive_and_times_out(void **state)
{
    struct fake_world *world = *state;
    struct error err;
    int first = -1, second = -1;

    assert_true(session_lock(&world->interfaces, &world->profile, &first, &err));
    world->system.step = 7000; /* a look at the clock takes seven seconds, so the minute passes soon */
    assert_false(session_lock(&world->interfaces, &world->profile, &second, &err));
    assert_error(&err, ERROR_IO, "another logto process"); /* timeout is for sign-ins that did not happen */
    assert_int_equal(second, -1);
    profile_set_text(&world->profile.app_id, "app2"); /* another session has another lock */
    assert_true(session_lock(&world->interfaces, &world->profile, &second, &err));
    lock_release(&second);
    profile_set_text(&world->profile.app_id, FAKE_APP);
    lock_release(&first);
    assert_true(session_lock(&world->interfaces, &world->profile, &second, &err));
    lock_release(&second);
}

/* Cron and the desktop must meet, whatever their environment says of a runtime folder. */
static void the_lock_is_the_same_whatever_the_runtime_folder(void **state)
{
    struct fake_world *world = *state;
    struct error err;
    int first = -1, second = -1;

    world->system.step = 10000;
    assert_true(session_lock(&world->interfaces, &world->profile, &first, &err));
    setenv("XDG_RUNTIME_DIR", world->folder, 1);
    assert_false(session_lock(&world->interfaces, &world->profile, &second, &err));
    assert_error(&err, ERROR_IO, "another logto process (pid ");
    unsetenv("XDG_RUNTIME_DIR");
    lock_release(&first);
}

static void the_locks_name_holds_no_secret_and_the_folder_is_ours_alone(void **state)
{
    struct fake_world *world = *state;
    _cleanup_free_ char *folder = memory_format("%s/.local/share/logto/locks", world->folder);
    struct error err;
    int lock = -1;
    DIR *entries;
    size_t count = 0;

    assert_true(session_lock(&world->interfaces, &world->profile, &lock, &err));
    entries = opendir(folder);
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries))
        if (strncmp(entry->d_name, "default-", 8) == 0)
            count += strlen(entry->d_name) == strlen("default-0123456789abcdef.lock");
    closedir(entries);
    assert_int_equal(count, 1);
    lock_release(&lock);
}

/* The text form. */

static void assert_same(const struct session *a, const struct session *b)
{
    _cleanup_secret_ struct secret *first = session_encode(a), *second = session_encode(b);

    assert_string_equal(secret_text(first), secret_text(second));
}

static void expect_own_key(void *data, const struct store_key *key)
{
    bool *called = data;

    assert_non_null(called); /* or it was not to be called */
    *called = true;
    assert_string_equal(key->profile, "default");
    assert_string_equal(key->issuer, FAKE_ISSUER);
    assert_string_equal(key->app_id, FAKE_APP);
}

static void a_session_says_whose_it_is(void **state)
{
    struct fake_world *world = *state;
    _cleanup_session_ struct session session = SESSION_EMPTY;
    _cleanup_secret_ struct secret *text = NULL;
    bool called = false;

    fake_sign_in(world, 3600, &session);
    text = session_encode(&session);
    assert_true(session_identify(text, expect_own_key, &called));
    assert_true(called);
}

static void a_session_survives_its_text_form(void **state)
{
    struct fake_world *world = *state;
    _cleanup_session_ struct session session = SESSION_EMPTY, decoded = SESSION_EMPTY;
    _cleanup_secret_ struct secret *text = NULL;
    struct error err;

    fake_sign_in(world, 3600, &session);
    session.app_secret = secret_from_text("s3cret \"quoted\" ä");
    put(&session, FAKE_API, "org1", "a b", "jwt", FAKE_NOW + 5);
    session.tokens[1].scope = memory_duplicate("a b c");
    text = session_encode(&session);
    assert_true(session_decode(text, &decoded, &err));
    assert_same(&session, &decoded);
    assert_string_equal(decoded.profile, "default");
    assert_string_equal(decoded.endpoint, FAKE_ENDPOINT);
    assert_string_equal(decoded.issuer, FAKE_ISSUER);
    assert_string_equal(decoded.app_id, FAKE_APP);
    assert_string_equal(secret_text(decoded.app_secret), "s3cret \"quoted\" ä");
    assert_string_equal(secret_text(decoded.refresh_token), "refresh-1");
    assert_string_equal(json_string(decoded.claims, "sub"), FAKE_SUBJECT);
    assert_int_equal(decoded.signed_in_at, FAKE_NOW);
    assert_true(list_contains(&decoded.scopes, "read:things"));
    assert_true(list_contains(&decoded.resources, FAKE_API));
    expect_token(&decoded, FAKE_API, "org1", "a b", "jwt");
    assert_string_equal(session_find_token(&decoded, FAKE_API, "org1", "a b")->scope, "a b c");
    assert_int_equal(session_find_token(&decoded, FAKE_API, "org1", "a b")->expires_at, FAKE_NOW + 5);
}

static void a_session_without_a_refresh_token_stays_without(void **state)
{
    struct fake_world *world = *state;
    _cleanup_session_ struct session session = SESSION_EMPTY, decoded = SESSION_EMPTY;
    _cleanup_secret_ struct secret *text = NULL;
    struct error err;

    fake_sign_in(world, 3600, &session);
    secret_free(&session.refresh_token);
    text = session_encode(&session);
    assert_true(session_decode(text, &decoded, &err));
    assert_null(decoded.refresh_token);
    assert_null(decoded.app_secret);
}

/* Decodes a good session's text after `change` was made to it. */
static bool decode_changed(struct fake_world *world, const char *member, struct json *value,
                           struct error *err)
{
    _cleanup_session_ struct session session = SESSION_EMPTY, decoded = SESSION_EMPTY;
    _cleanup_secret_ struct secret *text = NULL, *changed = NULL;
    _cleanup_json_ struct json *object = NULL;
    char *printed;

    fake_sign_in(world, 3600, &session);
    text = session_encode(&session);
    object = json_parse(secret_text(text), secret_length(text), err);
    if (value)
        json_set(object, member, value);
    else
        json_remove(object, member);
    printed = json_print(object, false);
    changed = secret_from_text(printed);
    free(printed);
    return session_decode(changed, &decoded, err);
}

static struct json *text_value(const char *text)
{
    struct error err;

    return json_parse(text, strlen(text), &err);
}

static void what_cannot_be_read_is_said_and_nothing_is_deleted(void **state)
{
    static const struct {
        const char *member, *value, *part;
    } cases[] = {
        {"version", NULL, "another version"},          {"version", "2", "another version"},
        {"version", "\"1\"", "another version"},       {"profile", NULL, "missing or malformed"},
        {"endpoint", "5", "missing or malformed"},     {"issuer", NULL, "missing or malformed"},
        {"app_id", NULL, "missing or malformed"},      {"id_token", NULL, "missing ID token"},
        {"id_token", "\"a.b.c\"", "missing ID token"},
    };
    struct fake_world *world = *state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct error err = {.message = ""};

        assert_false(
            decode_changed(world, cases[i].member, cases[i].value ? text_value(cases[i].value) : NULL, &err));
        assert_error(&err, ERROR_STORE_UNAVAILABLE, cases[i].part);
    }
}

static void other_text_is_no_session(void **state)
{
    static const char *const texts[] = {"", "{", "[]", "null", "5", "{}", "\xff\xfe"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        _cleanup_secret_ struct secret *text = secret_from_text(texts[i]);
        struct session session = SESSION_EMPTY;
        struct error err = {.message = ""};

        assert_false(session_decode(text, &session, &err));
        assert_error(&err, ERROR_STORE_UNAVAILABLE, "cannot read the stored session");
        assert_null(session.profile);
        assert_false(session_identify(text, expect_own_key, NULL));
    }
}

static struct json *stored_token(const char *text, const char *resource)
{
    struct json *token = json_object();

    json_set_string(token, "token", text);
    json_set_string(token, "resource", resource);
    json_set_integer(token, "expires_at", FAKE_NOW);
    return token;
}

static void no_more_tokens_are_taken_than_there_is_room_for(void **state)
{
    struct fake_world *world = *state;
    struct json *tokens = json_array();
    struct error err;

    for (int i = 0; i < SESSION_TOKENS_MAXIMUM + 10; i++) {
        _cleanup_free_ char *resource = memory_format("https://%d", i);

        json_append(tokens, stored_token("t", resource));
    }
    assert_true(decode_changed(world, "access_tokens", tokens, &err));
}

/* A stored text of the wrong kind is no missing one: a session without its refresh token would seem to have
 * ended. */
static void a_damaged_member_is_a_damaged_session(void **state)
{
    static const char *const damaged[] = {
        "5", "{\"resource\":\"https://a\"}", "{\"token\":\"a\\nb\",\"expires_at\":1}",
        "{\"token\":7,\"expires_at\":1}", "{\"token\":\"t\",\"scope\":[],\"expires_at\":1}"};
    struct fake_world *world = *state;
    struct error err;

    for (size_t i = 0; i < ARRAY_SIZE(damaged); i++) {
        struct json *tokens = json_array();

        json_append(tokens, text_value(damaged[i]));
        assert_false(decode_changed(world, "access_tokens", tokens, &err));
        assert_error(&err, ERROR_STORE_UNAVAILABLE, "missing or malformed");
    }
    assert_false(decode_changed(world, "refresh_token", text_value("5"), &err));
    assert_error(&err, ERROR_STORE_UNAVAILABLE, "missing or malformed");
    assert_false(decode_changed(world, "refresh_token", text_value("\"a\\u001bb\""), &err));
    assert_error(&err, ERROR_STORE_UNAVAILABLE, "missing or malformed");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

/* A sign-in on demand and a refresh do not keep each other waiting. */
static void one_process_at_a_time_signs_in_on_demand(void **state)
{
    struct fake_world *world = *state;
    struct error err;
    int lock = -1, second = -1, refresh = -1;
    bool waited = true;

    assert_true(session_lock_sign_in(&world->interfaces, &world->profile, &lock, &waited, &err));
    assert_false(waited);
    assert_true(session_lock(&world->interfaces, &world->profile, &refresh, &err));
    world->system.step = 100000;
    assert_false(session_lock_sign_in(&world->interfaces, &world->profile, &second, &waited, &err));
    assert_error(&err, ERROR_IO, "another logto process");
    assert_true(waited);
    assert_true(world->system.clock >= 300000);
    lock_release(&lock);
    assert_true(session_lock_sign_in(&world->interfaces, &world->profile, &second, &waited, &err));
    assert_false(waited);
    lock_release(&second);
    lock_release(&refresh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tokens_are_told_apart_by_what_they_are_for),
        TEST(putting_again_takes_the_old_ones_place),
        TEST(the_one_that_expires_first_makes_room),
        TEST(dropping_a_resource_drops_all_that_hangs_on_it),
        TEST(without_a_plain_token_nothing_expires),
        TEST(a_saved_session_is_loaded_and_a_forgotten_one_is_gone),
        TEST(nobody_signed_in_says_which_login_it_takes),
        TEST(a_profile_must_say_enough),
        TEST(another_app_endpoint_or_profile_is_another_session),
        TEST(a_store_that_fails_is_not_an_absent_session),
        TEST(saving_can_be_prepared_whatever_the_store_holds),
        TEST(the_lock_is_exclusive_and_times_out),
        TEST(the_lock_is_the_same_whatever_the_runtime_folder),
        TEST(the_locks_name_holds_no_secret_and_the_folder_is_ours_alone),
        TEST(a_session_says_whose_it_is),
        TEST(a_session_survives_its_text_form),
        TEST(a_session_without_a_refresh_token_stays_without),
        TEST(what_cannot_be_read_is_said_and_nothing_is_deleted),
        TEST(other_text_is_no_session),
        TEST(no_more_tokens_are_taken_than_there_is_room_for),
        TEST(a_damaged_member_is_a_damaged_session),
        TEST(one_process_at_a_time_signs_in_on_demand),
    };

    return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
