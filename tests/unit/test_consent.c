/* More access at Google: the real listener, a browser that comes back by itself, and Logto only played. */
#include "fake.h"

#include "session/consent.h"

#define BEGIN FAKE_ENDPOINT "/api/verifications/social"
#define VERIFY FAKE_ENDPOINT "/api/verifications/social/verify"
#define STORED FAKE_ENDPOINT "/api/my-account/identities/google/access-token"
#define DRIVE "https://www.googleapis.com/auth/drive"
#define REFUSAL(code) "{\"code\":\"" code "\",\"message\":\"4/secret\"}"
#define VERIFIED "{\"verificationRecordId\":\"r1\"}"

struct scene {
    struct fake_world *world;
    struct list scopes;
    struct consent_request request;
    struct vault_token token;
    struct error err;
};

static int make_scene(void **state)
{
    struct scene *scene = memory_allocate(1, sizeof(*scene));
    _cleanup_session_ struct session session = SESSION_EMPTY;
    void *world = NULL;

    if (fake_setup(&world) != 0)
        return -1;
    scene->world = world;
    scene->world->system.real_clock = true;
    scene->world->browser.answer = "code=4%2Fthe-code&state={STATE}&scope=x";
    scene->world->profile.port = 0; /* any free one */
    fake_fill_cache(world);
    fake_sign_in(world, 3600, &session);
    list_add(&session.scopes, "identities");
    session_save(&scene->world->interfaces, &scene->world->profile, &session, NULL);
    list_add(&scene->scopes, DRIVE);
    scene->request = (struct consent_request){.target = "google",
                                              .connector_id = "c1",
                                              .scopes = &scene->scopes,
                                              .open_browser = true,
                                              .paste_descriptor = -1,
                                              .timeout = 20000};
    *state = scene;
    return 0;
}

static int release_scene(void **state)
{
    struct scene *scene = *state;
    void *world = scene->world;

    fake_browser_join(&scene->world->browser);
    vault_token_release(&scene->token);
    list_release(&scene->scopes);
    free(scene);
    return fake_teardown(&world);
}

/* Logto's answer repeats state and redirect URI, which are known only once they were sent. */
static void make_record(struct fake_answer *answer, void *data)
{
    const struct fake_world *world = data;
    const char *form = world->http.requests[world->http.request_count - 1].form;
    _cleanup_json_ struct json *body = json_parse(form, strlen(form), NULL);
    _cleanup_buffer_ struct buffer query = BUFFER(4096);

    assert_string_equal(json_string(body, "connectorId"), "c1");
    assert_string_equal(json_string(body, "scope"), "openid profile email " DRIVE);
    assert_true(form_append(&query, "redirect_uri", json_string(body, "redirectUri"), NULL) &&
                form_append(&query, "state", json_string(body, "state"), NULL));
    answer->body = memory_format(
        "{\"verificationRecordId\":\"r1\",\"authorizationUri\":\"https://google.example/"
        "auth?%s\"}",
        buffer_text(&query));
}

static void expect_begin(struct scene *scene)
{
    struct fake_answer *answer = fake_expect(&scene->world->http, BEGIN, 201, NULL);

    answer->during = make_record;
    answer->data = scene->world;
}

static bool obtain(struct scene *scene)
{
    bool ok = consent_obtain(&scene->world->interfaces, &scene->world->profile, &scene->request,
                             &scene->token, &scene->err);

    fake_browser_join(&scene->world->browser);
    assert_all_asked(&scene->world->http);
    return ok;
}

static void expect_failure(struct scene *scene, enum error_code code, const char *part)
{
    assert_false(obtain(scene));
    assert_error(&scene->err, code, part);
    assert_null(strstr(scene->err.message, "4/"));
    assert_null(strstr(scene->err.hint, "4/"));
    assert_null(scene->token.token);
}

static void what_is_granted_comes_back(void **state)
{
    struct scene *scene = *state;

    expect_begin(scene);
    fake_expect(&scene->world->http, VERIFY, 200, VERIFIED);
    fake_expect(&scene->world->http, STORED, 200,
                "{\"access_token\":\"ya29\",\"scope\":\"openid " DRIVE "\",\"expires_in\":3000}");
    if (!obtain(scene))
        fail_msg("%s", scene->err.message);
    assert_string_equal(secret_text(scene->token.token), "ya29");
    assert_non_null(strstr(scene->world->http.requests[1].form, "\"code\":\"4/the-code\""));
    assert_string_equal(scene->world->http.requests[2].form, VERIFIED);
    assert_non_null(strstr(scene->world->browser.page, "Access was granted"));
}

static void less_than_was_asked_is_said(void **state)
{
    struct scene *scene = *state;

    expect_begin(scene);
    fake_expect(&scene->world->http, VERIFY, 200, VERIFIED);
    fake_expect(&scene->world->http, STORED, 200, "{\"access_token\":\"ya29\",\"scope\":\"openid\"}");
    expect_failure(scene, ERROR_NOT_GRANTED, "did not grant " DRIVE);
    assert_string_equal(scene->err.hint, "logto google authorize --scope " DRIVE);
    assert_non_null(strstr(scene->world->browser.page, "Access was not granted"));
}

static void a_cancelled_consent_asks_nothing_more(void **state)
{
    struct scene *scene = *state;

    scene->world->browser.answer = "error=access_denied&state={STATE}";
    expect_begin(scene);
    expect_failure(scene, ERROR_CANCELLED, "canceled at Google");
}

static void nobody_comes_back_from_a_redirect_uri_that_google_does_not_know(void **state)
{
    struct scene *scene = *state;

    scene->world->browser.answer = NULL;
    scene->request.timeout = 100;
    expect_begin(scene);
    expect_failure(scene, ERROR_TIMEOUT, "waiting for Google");
    assert_non_null(strstr(scene->err.hint, "add http://localhost:"));
}

static void a_refusal_to_begin_opens_no_browser(void **state)
{
    static const struct {
        const char *body;
        enum error_code code;
        const char *part;
    } cases[] = {
        {REFUSAL("session.invalid_connector_id"), ERROR_CONFIG, "no connector with the id 'c1'"},
        {REFUSAL("auth.forbidden"), ERROR_NOT_GRANTED, "identities"},
        {REFUSAL("guard.invalid_input"), ERROR_PROTOCOL, "guard.invalid_input"},
    };
    struct scene *scene = *state;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        fake_expect(&scene->world->http, BEGIN, 422, cases[i].body);
        expect_failure(scene, cases[i].code, cases[i].part);
        assert_null(scene->world->browser.url);
    }
}

static void a_code_that_is_refused_is_not_repeated(void **state)
{
    struct scene *scene = *state;

    expect_begin(scene);
    fake_expect(&scene->world->http, VERIFY, 400, REFUSAL("connector.general"));
    expect_failure(scene, ERROR_DENIED, "did not accept the authorization code");
    assert_null(strstr(scene->world->browser.page, "4/"));
}

static void expect_refused_use(struct scene *scene, const char *body)
{
    expect_begin(scene);
    fake_expect(&scene->world->http, VERIFY, 200, VERIFIED);
    fake_expect(&scene->world->http, STORED, 422, body);
}

static void storage_that_is_off_is_said(void **state)
{
    struct scene *scene = *state;

    expect_refused_use(scene, REFUSAL("verification_record.social_verification.token_response_not_found"));
    expect_failure(scene, ERROR_CONFIG, "does not store tokens");
}

static void another_kind_of_connector_is_said(void **state)
{
    struct scene *scene = *state;

    expect_refused_use(scene, REFUSAL("verification_record.social_verification.invalid_target"));
    expect_failure(scene, ERROR_CONFIG, "the connector 'c1' is not Google's");
}

static void a_record_that_expired_is_said(void **state)
{
    struct scene *scene = *state;

    expect_refused_use(scene, REFUSAL("verification_record.not_found"));
    expect_failure(scene, ERROR_TIMEOUT, "ten minutes");
}

static void another_account_is_told_from_none(void **state)
{
    struct scene *scene = *state;

    expect_refused_use(scene, REFUSAL("user.identity_not_exists_in_current_user"));
    fake_expect(&scene->world->http, FAKE_USERINFO, 200,
                "{\"sub\":\"" FAKE_SUBJECT "\",\"identities\":{\"google\":{\"userId\":\"1\"}}}");
    expect_failure(scene, ERROR_DENIED, "not the Google account");
}

static void no_account_is_told_from_another(void **state)
{
    struct scene *scene = *state;

    expect_refused_use(scene, REFUSAL("user.identity_not_exists_in_current_user"));
    fake_expect(&scene->world->http, FAKE_USERINFO, 200, "{\"sub\":\"" FAKE_SUBJECT "\",\"identities\":{}}");
    expect_failure(scene, ERROR_DENIED, "not linked to Google");
}

#define SCENE_TEST(function) cmocka_unit_test_setup_teardown(function, make_scene, release_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(what_is_granted_comes_back),
        SCENE_TEST(less_than_was_asked_is_said),
        SCENE_TEST(a_cancelled_consent_asks_nothing_more),
        SCENE_TEST(nobody_comes_back_from_a_redirect_uri_that_google_does_not_know),
        SCENE_TEST(a_refusal_to_begin_opens_no_browser),
        SCENE_TEST(a_code_that_is_refused_is_not_repeated),
        SCENE_TEST(storage_that_is_off_is_said),
        SCENE_TEST(another_kind_of_connector_is_said),
        SCENE_TEST(a_record_that_expired_is_said),
        SCENE_TEST(another_account_is_told_from_none),
        SCENE_TEST(no_account_is_told_from_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
