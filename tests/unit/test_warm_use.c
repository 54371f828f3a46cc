/* What is answered from the warm tokens, what isn't, and what drops them. */
#include "warm_scene.h"

#include "session/access.h"
#include "session/sign_out.h"

/* A user whose tokens are warm, and what is asked for. */
struct use {
    struct warm_scene *warm;
    struct fake_world *world;
    struct access_request request;
    struct session session;
    struct error err;
};

static int make_use(void **state)
{
    struct use *use = memory_allocate(1, sizeof(*use));
    void *warm = NULL;

    if (make_warm_scene(&warm) != 0)
        return -1;
    use->warm = warm;
    use->world = use->warm->world;
    use->request.min_ttl = 60;
    *state = use;
    return 0;
}

static int release_use(void **state)
{
    struct use *use = *state;
    void *warm = use->warm;

    session_release(&use->session);
    list_release(&use->request.scopes);
    free(use);
    return release_warm_scene(&warm);
}

static struct use *keep(void **state)
{
    struct use *use = *state;

    require_kernel_keys();
    warm_write(&use->world->interfaces, &use->world->profile, &use->warm->session);
    assert_warm(use->warm, true);
    return use;
}

static bool obtain(struct use *use, const struct access_token **token)
{
    session_release(&use->session);
    use->err = (struct error){.message = ""};
    return session_obtain_access_token(&use->world->interfaces, &use->world->profile, &use->session,
                                       &use->request, token, &use->err);
}

static void expect_token(struct use *use, const char *text, const char *journal)
{
    const struct access_token *token;

    fake_forget_journal(use->world);
    if (!obtain(use, &token)) {
        fail_msg("%s", use->err.message);
        return;
    }
    assert_string_equal(secret_text(token->token), text);
    assert_journal(use->world, journal);
    assert_all_asked(&use->world->http);
}

/* The store would have been asked, and is locked. */
static void expect_miss(struct use *use)
{
    const struct access_token *token = NULL;

    use->world->store.failing_loads = 1;
    assert_false(obtain(use, &token));
    assert_error(&use->err, ERROR_STORE_LOCKED, "");
    assert_int_equal(use->world->store.failing_loads, 0);
}

static void answer_refresh(struct use *use, int status, const char *body)
{
    fake_expect(&use->world->http, FAKE_TOKEN, status, body);
}

#define REFRESHED                                                                                            \
    "{\"access_token\":\"access-2\",\"token_type\":\"Bearer\",\"expires_in\":3600,"                          \
    "\"refresh_token\":\"refresh-2\",\"scope\":\"openid profile email\"}"

static void a_warm_token_is_answered_without_the_store(void **state)
{
    struct use *use = keep(state);

    use->world->store.failing_loads = 100;
    expect_token(use, "access-1", "");
    assert_int_equal(use->world->store.failing_loads, 100);
    use->world->store.failing_loads = 0;
}

static bool obtain_id_token(struct use *use, bool force)
{
    return session_obtain_id_token(&use->world->interfaces, &use->world->profile, &use->session, 60, force,
                                   &use->err);
}

static void so_is_the_id_token(void **state)
{
    struct use *use = keep(state);

    fake_forget_journal(use->world);
    assert_true(obtain_id_token(use, false));
    assert_true(secret_equal(use->session.id_token, use->warm->session.id_token));
    assert_journal(use->world, "");
    session_release(&use->session);
    use->world->store.failing_loads = 1;
    assert_false(obtain_id_token(use, true));
    assert_error(&use->err, ERROR_STORE_LOCKED, "");
}

static void another_resource_organization_scope_or_a_refresh_is_a_miss(void **state)
{
    struct use *use = keep(state);

    use->request.resource = FAKE_API;
    expect_miss(use);
    use->request.resource = NULL;
    use->request.organization_id = "org1";
    expect_miss(use);
    use->request.organization_id = NULL;
    list_add(&use->request.scopes, "read:things");
    expect_miss(use);
    list_release(&use->request.scopes);
    use->request.force = true;
    expect_miss(use);
    use->request.force = false;
    expect_token(use, "access-1", "");
}

/* What the content says counts, not how long the key lives: here it would last another hour. */
static void min_ttl_and_expiry_decide_to_the_second(void **state)
{
    struct use *use = keep(state);

    use->request.min_ttl = 3600;
    expect_token(use, "access-1", "");
    use->request.min_ttl = 3601;
    expect_miss(use);
    use->request.min_ttl = 0;
    use->world->system.now += 3599;
    expect_token(use, "access-1", "");
    use->world->system.now++;
    expect_miss(use);
}

static void a_refresh_keeps_the_new_tokens_warm(void **state)
{
    struct use *use = keep(state);

    use->world->system.now += 3600;
    answer_refresh(use, 200, REFRESHED);
    expect_token(use, "access-2", "load, load, prepare, POST /token, save");
    expect_token(use, "access-2", "");
}

static void what_could_not_be_stored_is_not_kept_warm(void **state)
{
    struct use *use = keep(state);
    const struct access_token *token = NULL;

    use->world->system.now += 3600;
    use->world->store.failing_saves = 2;
    answer_refresh(use, 200, REFRESHED);
    assert_false(obtain(use, &token));
    expect_miss(use);
}

static void invalid_grant_drops_them(void **state)
{
    struct use *use = keep(state);
    const struct access_token *token = NULL;

    use->request.force = true;
    answer_refresh(use, 400, "{\"error\":\"invalid_grant\"}");
    assert_false(obtain(use, &token));
    assert_error(&use->err, ERROR_SESSION_ENDED, "no longer accepts");
    assert_warm(use->warm, false);
}

static void lock_store(struct fake_answer *answer, void *data)
{
    (void)answer;
    ((struct fake_world *)data)->store.failing_loads = 1;
}

static void invalid_grant_drops_them_even_when_the_store_fails(void **state)
{
    struct use *use = keep(state);
    const struct access_token *token = NULL;
    struct fake_answer *answer = fake_expect(&use->world->http, FAKE_TOKEN, 400,
                                             "{\"error\":\"invalid_grant\"}");

    use->request.force = true;
    answer->during = lock_store;
    answer->data = use->world;
    assert_false(obtain(use, &token));
    assert_error(&use->err, ERROR_STORE_LOCKED, "");
    assert_warm(use->warm, false);
}

static void a_session_that_becomes_unproven_drops_them(void **state)
{
    struct use *use = keep(state);
    _cleanup_json_ struct json *claims = fake_claims(use->world),
                               *body = json_parse(REFRESHED, strlen(REFRESHED), NULL);
    _cleanup_secret_ struct secret *id_token = NULL;
    _cleanup_free_ char *text = NULL;
    const struct access_token *token = NULL;

    json_set_string(claims, "sub", "user2");
    id_token = fake_id_token(use->world, claims);
    json_set_string(body, "id_token", secret_text(id_token));
    text = json_print(body, false);
    answer_refresh(use, 200, text);
    use->request.force = true;
    assert_false(obtain(use, &token));
    assert_error(&use->err, ERROR_PROTOCOL, "cannot verify the user");
    assert_warm(use->warm, false);
}

static void expect_sign_out(struct use *use, bool local, bool expected)
{
    enum sign_out_result result;

    assert_int_equal(sign_out(&use->world->interfaces, &use->world->profile, local, &result, &use->err),
                     expected);
    assert_warm(use->warm, false);
}

static void signing_out_drops_them(void **state)
{
    struct use *use = keep(state);

    fake_expect(&use->world->http, FAKE_REVOCATION, 200, NULL);
    expect_sign_out(use, false, true);
    assert_stored(use->world, NULL);
}

static void signing_out_drops_them_even_when_it_fails(void **state)
{
    struct use *use = keep(state);

    use->world->store.failing_loads = 1;
    expect_sign_out(use, false, false);
    warm_write(&use->world->interfaces, &use->world->profile, &use->warm->session);
    fake_expect_failure(&use->world->http, FAKE_REVOCATION, ERROR_NETWORK, false);
    expect_sign_out(use, false, false);
}

#define USE_TEST(name) cmocka_unit_test_setup_teardown(name, make_use, release_use)

int main(void)
{
    const struct CMUnitTest tests[] = {
        USE_TEST(a_warm_token_is_answered_without_the_store),
        USE_TEST(so_is_the_id_token),
        USE_TEST(another_resource_organization_scope_or_a_refresh_is_a_miss),
        USE_TEST(min_ttl_and_expiry_decide_to_the_second),
        USE_TEST(a_refresh_keeps_the_new_tokens_warm),
        USE_TEST(what_could_not_be_stored_is_not_kept_warm),
        USE_TEST(invalid_grant_drops_them),
        USE_TEST(invalid_grant_drops_them_even_when_the_store_fails),
        USE_TEST(a_session_that_becomes_unproven_drops_them),
        USE_TEST(signing_out_drops_them),
        USE_TEST(signing_out_drops_them_even_when_it_fails),
    };

    return cmocka_run_group_tests_name("warm_use", tests, NULL, NULL);
}
