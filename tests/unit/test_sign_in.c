/* A whole sign-in: the real listener, a browser that comes back by itself, and a provider that is only
 * played. */
#include "fake.h"

#include "session/session_json.h"

#include "crypto/pkce.h"
#include "logto/scope.h"
#include "net/loopback.h"
#include "oidc/cache.h"
#include "session/sign_in_browser.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define GOOD_ANSWER "code=the-code&state={STATE}&iss=https%3A%2F%2Ftenant.example%2Foidc"

/* One sign-in, and what the user at the terminal heard of it. */
struct scene {
    struct fake_world *world;
    struct sign_in_request request;
    struct sign_in_browser_options options;
    struct list scopes, resources;
    struct session session;
    struct error err;
    struct json *claims; /* of the ID token to come, but for the nonce */
    const char *nonce;   /* instead of the one that was asked for */
    const char *scope;   /* that the token endpoint says it granted */
    bool without_id_token;
    char *url, *brief; /* from events.waiting */
    char *why;
    uint16_t port, wanted_port;
    int waits, ticks, refusals, ends, replacements;
    bool revocation_fails;
    int paste[2];       /* what is written to the second comes in as pasted */
    const char *pasted; /* text with {STATE}, pasted as soon as somebody waits */
};

static void note_waiting(void *data, const struct sign_in_urls *urls, uint16_t port, const char *why)
{
    struct scene *scene = data;
    _cleanup_free_ char *state = fake_form_value(strchr(urls->full, '?') + 1, "state");
    const char *mark = scene->pasted ? strstr(scene->pasted, "{STATE}") : NULL;

    scene->waits++;
    scene->url = memory_duplicate(urls->full);
    scene->brief = memory_duplicate(urls->brief);
    scene->why = memory_duplicate(why);
    scene->port = port;
    if (mark)
        dprintf(scene->paste[1], "%.*s%s%s", (int)(mark - scene->pasted), scene->pasted, state, mark + 7);
}

static void note_port(void *data, const struct port_holder *holder, uint16_t wanted, uint16_t used)
{
    struct scene *scene = data;

    assert_non_null(holder);
    assert_int_not_equal(wanted, used);
    scene->wanted_port = wanted;
}

static void note_tick(void *data, int64_t seconds_left)
{
    struct scene *scene = data;

    assert_true(seconds_left >= 0 && seconds_left <= scene->request.timeout / 1000 + 1);
    scene->ticks++;
}

static void note_refusal(void *data, enum paste_verdict verdict)
{
    assert_true(verdict > PASTE_REDIRECT);
    ((struct scene *)data)->refusals++;
}

static void note_end(void *data)
{
    ((struct scene *)data)->ends++;
}

static int make_scene(void **state)
{
    struct scene *scene = memory_allocate(1, sizeof(*scene));
    void *world = NULL;

    if (fake_setup(&world) != 0 || pipe(scene->paste) != 0)
        return -1;
    scene->world = world;
    scene->world->system.real_clock = true;
    scene->world->browser.answer = GOOD_ANSWER;
    scene->claims = fake_claims(world);
    json_set_string(scene->claims, "name", "Zoë <b>");
    json_set_string(scene->claims, "email", "zoe@example.com");
    logto_add_default_scopes(&scene->scopes);
    scene->request = (struct sign_in_request){.scopes = &scene->scopes,
                                              .resources = &scene->resources,
                                              .connector = "google",
                                              .timeout = 20000,
                                              .events = {.waiting = note_waiting,
                                                         .port_changed = note_port,
                                                         .paste_refused = note_refusal,
                                                         .done = note_end,
                                                         .data = scene}};
    scene->options = (struct sign_in_browser_options){.open_browser = true, .paste_descriptor = -1};
    fake_fill_cache(world);
    *state = scene;
    return 0;
}

static int release_scene(void **state)
{
    struct scene *scene = *state;
    void *world = scene->world;

    fake_browser_join(&scene->world->browser);
    session_release(&scene->session);
    list_release(&scene->scopes);
    list_release(&scene->resources);
    json_free(&scene->claims);
    free(scene->url);
    free(scene->brief);
    free(scene->why);
    close(scene->paste[0]);
    close(scene->paste[1]);
    free(scene);
    return fake_teardown(&world);
}

/* The token endpoint's answer is made when the code comes in: then the nonce is known. */
static void make_tokens(struct fake_answer *answer, void *data)
{
    struct scene *scene = data;
    _cleanup_free_ char *nonce = fake_form_value(strchr(scene->url, '?') + 1, "nonce");
    _cleanup_json_ struct json *body = json_object();
    _cleanup_secret_ struct secret *id_token = NULL;

    json_set_string(scene->claims, "nonce", scene->nonce ? scene->nonce : nonce);
    id_token = fake_id_token(scene->world, scene->claims);
    json_set_string(body, "access_token", "access-new");
    json_set_string(body, "refresh_token", "refresh-new");
    json_set_string(body, "token_type", "Bearer");
    json_set_integer(body, "expires_in", 3600);
    if (scene->scope)
        json_set_string(body, "scope", scene->scope);
    if (!scene->without_id_token)
        json_set_string(body, "id_token", secret_text(id_token));
    answer->body = json_print(body, false);
}

static void expect_exchange(struct scene *scene)
{
    struct fake_answer *answer = fake_expect(&scene->world->http, FAKE_TOKEN, 200, NULL);

    answer->during = make_tokens;
    answer->data = scene;
}

static bool try(struct scene *scene)
{
    bool ok = sign_in_browser(&scene->world->interfaces, &scene->world->profile, &scene->request,
                              &scene->options, &scene->session, &scene->err);

    fake_browser_join(&scene->world->browser);
    assert_all_asked(&scene->world->http);
    return ok;
}

static void expect_success(struct scene *scene)
{
    if (!try(scene))
        fail_msg("%s", scene->err.message);
    assert_int_equal(scene->waits, 1);
    assert_int_equal(scene->ends, 1);
}

static void expect_page(struct scene *scene, const char *part)
{
    const char *page = scene->world->browser.page;

    assert_non_null(page);
    if (!strstr(page, part))
        fail_msg("\"%s\" isn't in %s", part, page);
}

/* An earlier session is there, the new sign-in fails, and the earlier one is as it was. */
static void expect_failure(struct scene *scene, enum error_code code, const char *part)
{
    _cleanup_session_ struct session earlier = SESSION_EMPTY;
    _cleanup_secret_ struct secret *before = NULL;

    fake_sign_in(scene->world, 100, &earlier);
    before = fake_stored(scene->world);
    assert_false(try(scene));
    assert_error(&scene->err, code, part);
    assert_stored(scene->world, before);
    assert_null(scene->session.profile);
}

static void assert_url(const struct scene *scene, const char *name, const char *value)
{
    _cleanup_free_ char *found = fake_form_value(strchr(scene->url, '?') + 1, name);

    assert_string_equal(found, value);
}

static void a_good_answer_signs_in_and_the_browser_says_who(void **state)
{
    struct scene *scene = *state;
    _cleanup_secret_ struct secret *stored = NULL, *expected = NULL;

    expect_exchange(scene);
    expect_success(scene);
    assert_journal(scene->world, "POST /token, load, save");
    expected = session_encode(&scene->session);
    stored = fake_stored(scene->world);
    assert_true(secret_equal(stored, expected));
    assert_string_equal(scene->session.endpoint, FAKE_ENDPOINT);
    assert_string_equal(secret_text(scene->session.refresh_token), "refresh-new");
    assert_string_equal(json_string(scene->session.claims, "sub"), FAKE_SUBJECT);
    assert_int_equal(session_expires_at(&scene->session), FAKE_NOW + 3600);
    assert_int_equal(scene->session.signed_in_at, FAKE_NOW);
    expect_page(scene, "HTTP/1.1 200");
    expect_page(scene, "You are signed in");
    expect_page(scene, "zoe@example.com");
    expect_page(scene, "Zoë &lt;b&gt;"); /* escaped */
    assert_null(strstr(scene->world->browser.page, "the-code"));
}

static void the_request_is_bound_to_the_exchange(void **state)
{
    struct scene *scene = *state;
    _cleanup_free_ char *state_text = NULL, *nonce = NULL, *verifier = NULL, *redirect_uri = NULL;
    _cleanup_secret_ struct secret *secret = NULL;
    char challenge[44];

    expect_exchange(scene);
    expect_success(scene);
    redirect_uri = memory_format("http://localhost:%u/callback", (unsigned)scene->port);
    assert_url(scene, "redirect_uri", redirect_uri);
    assert_form(&scene->world->http, 0, "redirect_uri", redirect_uri);
    assert_form(&scene->world->http, 0, "code", "the-code");
    assert_form(&scene->world->http, 0, "grant_type", "authorization_code");
    verifier = fake_form_value(scene->world->http.requests[0].form, "code_verifier");
    secret = secret_from_text(verifier);
    assert_true(pkce_challenge(secret, challenge, &scene->err));
    assert_url(scene, "code_challenge", challenge);
    state_text = fake_form_value(strchr(scene->url, '?') + 1, "state");
    nonce = fake_form_value(strchr(scene->url, '?') + 1, "nonce");
    assert_int_equal(strlen(state_text), 43); /* 256 bits */
    assert_int_equal(strlen(nonce), 43);
    assert_string_not_equal(state_text, nonce);
    assert_string_not_equal(state_text, verifier);
    assert_null(strstr(scene->url, verifier));
    assert_null(scene->why);
}

/* Whatever starts the browser may interpret its argument, and anybody may read it. */
static void the_browser_is_given_the_short_address_only(void **state)
{
    struct scene *scene = *state;
    _cleanup_free_ char *start = NULL;

    expect_exchange(scene);
    expect_success(scene);
    start = memory_format("http://localhost:%u/", (unsigned)scene->port);
    assert_string_equal(scene->world->browser.url, scene->brief);
    assert_memory_equal(scene->brief, start, strlen(start));
    assert_int_equal(strlen(scene->brief) - strlen(start), 22); /* 128 bits */
    assert_int_equal(strspn(scene->brief + strlen(start),
                            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                     22);
}

static void it_asks_for_what_logto_needs(void **state)
{
    struct scene *scene = *state;

    setenv("LC_ALL", "de_CH.UTF-8", 1);
    list_add(&scene->resources, FAKE_API);
    scene->request.login_hint = "zoe@example.com";
    expect_exchange(scene);
    expect_success(scene);
    assert_url(scene, "client_id", FAKE_APP);
    assert_url(scene, "prompt", "consent"); /* or Logto gives no refresh token */
    assert_url(scene, "scope", "openid offline_access profile email");
    assert_url(scene, "resource", FAKE_API);
    assert_url(scene, "direct_sign_in", "social:google");
    assert_url(scene, "ui_locales", "de-CH");
    assert_url(scene, "login_hint", "zoe@example.com");
    assert_url(scene, "first_screen", "");
    assert_true(list_contains(&scene->session.resources, FAKE_API));
}

static void signing_in_again_and_signing_up_ask_differently(void **state)
{
    struct scene *scene = *state;

    scene->request.reauthenticate = true;
    scene->request.sign_up = true;
    scene->request.connector = "";
    expect_exchange(scene);
    expect_success(scene);
    assert_url(scene, "prompt", "login consent");
    assert_url(scene, "first_screen", "register");
    assert_url(scene, "direct_sign_in", "");
}

static void the_first_sign_in_takes_three_requests_and_the_next_one(void **state)
{
    struct scene *scene = *state;
    _cleanup_free_ char *document = fake_discovery_document(), *keys = fake_key_set(scene->world->key, NULL);

    cache_remove(FAKE_ISSUER, "discovery");
    cache_remove(FAKE_ISSUER, "jwks");
    fake_expect(&scene->world->http, FAKE_DISCOVERY, 200, document);
    expect_exchange(scene);
    fake_expect(&scene->world->http, FAKE_KEYS, 200, keys);
    expect_success(scene);
    assert_journal(scene->world, "GET /.well-known/openid-configuration, POST /token, GET /jwks, load, save");
}

static void only_scopes_that_were_granted_count_as_covered(void **state)
{
    struct scene *scene = *state;
    _cleanup_free_ char *covered = NULL;

    list_add(&scene->scopes, "phone");
    list_add(&scene->scopes, "read:things"); /* of an API: shows only in that API's tokens */
    scene->scope = "openid offline_access profile";
    expect_exchange(scene);
    expect_success(scene);
    assert_string_equal(covered = list_join(&scene->session.scopes, " "),
                        "openid offline_access profile read:things");
}

static void an_answer_without_scopes_granted_all(void **state)
{
    struct scene *scene = *state;

    expect_exchange(scene);
    expect_success(scene);
    assert_int_equal(scene->session.scopes.count, scene->scopes.count);
}

static void a_confidential_app_authenticates_and_keeps_its_secret(void **state)
{
    struct scene *scene = *state;
    _cleanup_secret_ struct secret *app_secret = secret_from_text("s3cret");

    scene->request.app_secret = app_secret;
    expect_exchange(scene);
    expect_success(scene);
    assert_string_equal(scene->world->http.requests[0].basic, FAKE_APP ":s3cret");
    assert_true(secret_equal(scene->session.app_secret, app_secret));
    assert_null(strstr(scene->url, "s3cret"));
}

static void it_replaces_an_earlier_session_only_when_done(void **state)
{
    struct scene *scene = *state;
    _cleanup_session_ struct session earlier = SESSION_EMPTY;

    fake_sign_in(scene->world, 100, &earlier);
    expect_exchange(scene);
    expect_success(scene);
    assert_journal(scene->world, "POST /token, load, save"); /* the earlier one isn't revoked: same grant */
}

static void note_replaced(void *data, const struct json *claims, const char *why)
{
    struct scene *scene = data;

    scene->replacements++;
    assert_string_equal(json_string(claims, "sub"), FAKE_SUBJECT);
    assert_int_equal(why != NULL, scene->revocation_fails);
}

static void sign_in_as_another_user(struct scene *scene)
{
    _cleanup_session_ struct session earlier = SESSION_EMPTY;

    fake_sign_in(scene->world, 100, &earlier);
    json_set_string(scene->claims, "sub", "user2");
    scene->request.events.replaced = note_replaced;
    expect_exchange(scene);
    fake_expect(&scene->world->http, FAKE_REVOCATION, scene->revocation_fails ? 503 : 200, "");
    expect_success(scene);
    assert_journal(scene->world, "POST /token, load, save, POST /token/revocation");
    assert_form(&scene->world->http, 1, "token", "refresh-1");
    assert_int_equal(scene->replacements, 1);
}

/* Or no command could reach it any more. */
static void another_users_session_is_revoked_after_the_new_one_is_stored(void **state)
{
    sign_in_as_another_user(*state);
}

static void a_revocation_that_fails_does_not_undo_the_sign_in(void **state)
{
    ((struct scene *)*state)->revocation_fails = true;
    sign_in_as_another_user(*state);
}

/* What must not sign anybody in. */

static void an_answer_of_another_issuer_is_refused_without_using_the_code(void **state)
{
    struct scene *scene = *state;

    scene->world->browser.answer = "code=the-code&state={STATE}&iss=https%3A%2F%2Fevil.example";
    expect_failure(scene, ERROR_PROTOCOL, "unexpected issuer https://evil.example");
    assert_int_equal(scene->world->http.request_count, 0);
    expect_page(scene, "Sign-in failed");
    expect_page(scene, "evil.example");
}

static void a_refusal_is_told_at_both_ends(void **state)
{
    struct scene *scene = *state;

    scene->world->browser.answer = "error=access_denied&error_description=You%20may%20not&state={STATE}"
                                   "&iss=https%3A%2F%2Ftenant.example%2Foidc";
    expect_failure(scene, ERROR_DENIED, "access_denied: \"You may not\"");
    expect_page(scene, "Sign-in failed");
    expect_page(scene, "You may not");
    assert_int_equal(scene->world->http.request_count, 0);
}

static void another_state_changes_nothing_and_the_deadline_ends_it(void **state)
{
    struct scene *scene = *state;

    scene->world->browser.answer = "code=the-code&state=x{STATE}&iss=https%3A%2F%2Ftenant.example%2Foidc";
    scene->request.timeout = 1000;
    expect_failure(scene, ERROR_TIMEOUT, "timed out after 1 second waiting");
    assert_non_null(strstr(scene->err.hint, "/callback"));
    expect_page(scene, "HTTP/1.1 400");
    expect_page(scene, "Unexpected sign-in");
}

static void an_error_without_our_state_changes_nothing(void **state)
{
    struct scene *scene = *state;

    scene->world->browser.answer = "error=access_denied";
    scene->request.timeout = 500;
    expect_failure(scene, ERROR_TIMEOUT, "waiting for the sign-in");
    expect_page(scene, "HTTP/1.1 400");
}

static void nobody_coming_back_is_a_timeout_with_ticks_on_the_way(void **state)
{
    struct scene *scene = *state;

    scene->world->browser.answer = NULL;
    scene->request.timeout = 1200;
    scene->request.events.tick = note_tick;
    expect_failure(scene, ERROR_TIMEOUT, "waiting for the sign-in");
    assert_int_equal(scene->ticks, 1);
    assert_int_equal(scene->ends, 1);
}

static void an_id_token_for_another_request_is_refused(void **state)
{
    struct scene *scene = *state;

    scene->nonce = "another-nonce";
    expect_exchange(scene);
    expect_failure(scene, ERROR_PROTOCOL, "'nonce'");
    expect_page(scene, "Sign-in failed");
}

static void an_id_token_for_another_app_is_refused(void **state)
{
    struct scene *scene = *state;

    json_set_string(scene->claims, "aud", "app2");
    expect_exchange(scene);
    expect_failure(scene, ERROR_PROTOCOL, "'aud'");
    expect_page(scene, "Sign-in failed");
}

static void an_id_token_of_another_access_token_is_refused(void **state)
{
    struct scene *scene = *state;
    char hash[44];

    assert_true(jws_half_hash("ES384", "access-other", strlen("access-other"), hash));
    json_set_string(scene->claims, "at_hash", hash);
    expect_exchange(scene);
    expect_failure(scene, ERROR_PROTOCOL, "'at_hash'");
}

static void without_an_id_token_nobody_signed_in(void **state)
{
    struct scene *scene = *state;

    scene->without_id_token = true;
    expect_exchange(scene);
    expect_failure(scene, ERROR_PROTOCOL, "no id_token");
    expect_page(scene, "Sign-in failed");
}

static void a_failed_exchange_is_not_repeated(void **state)
{
    struct scene *scene = *state;

    fake_expect_failure(&scene->world->http, FAKE_TOKEN, ERROR_NETWORK, true);
    expect_failure(scene, ERROR_NETWORK, "exchanging the code");
    expect_page(scene, "Sign-in failed");
}

static void a_refused_code_is_told(void **state)
{
    struct scene *scene = *state;

    fake_expect(&scene->world->http, FAKE_TOKEN, 400,
                "{\"error\":\"invalid_grant\",\"error_description\":\"used\"}");
    expect_failure(scene, ERROR_PROTOCOL, "invalid_grant: \"used\"");
    expect_page(scene, "used");
}

static void a_store_that_fails_fails_the_sign_in_and_the_page_says_so(void **state)
{
    struct scene *scene = *state;
    _cleanup_session_ struct session earlier = SESSION_EMPTY;
    _cleanup_secret_ struct secret *before = NULL;

    fake_sign_in(scene->world, 100, &earlier);
    before = fake_stored(scene->world);
    scene->world->store.failing_saves = 100;
    expect_exchange(scene);
    assert_false(try(scene));
    assert_error(&scene->err, ERROR_STORE_LOCKED, "the fake store failed");
    expect_page(scene, "Sign-in failed");
    expect_page(scene, "the fake store failed");
    assert_null(strstr(scene->world->browser.page, "You are signed in"));
    assert_stored(scene->world, before);
}

static void without_random_numbers_nothing_is_started(void **state)
{
    struct scene *scene = *state;

    scene->world->system.random_fails = true;
    expect_failure(scene, ERROR_INTERNAL, "no random numbers");
    assert_null(scene->world->browser.url);
    assert_int_equal(scene->waits, 0);
}

static void without_discovery_no_browser_opens(void **state)
{
    struct scene *scene = *state;

    cache_remove(FAKE_ISSUER, "discovery");
    fake_expect_failure(&scene->world->http, FAKE_DISCOVERY, ERROR_TLS, false);
    expect_failure(scene, ERROR_TLS, "reading the discovery document");
    assert_null(scene->world->browser.url);
}

/* Without a browser. */

static void a_browser_that_does_not_start_is_told_but_not_fatal(void **state)
{
    struct scene *scene = *state;

    scene->world->browser.fails = true;
    scene->request.timeout = 200;
    expect_failure(scene, ERROR_TIMEOUT, "waiting for the sign-in");
    assert_string_equal(scene->why, "there is no browser here");
}

static void no_browser_is_opened_unasked(void **state)
{
    struct scene *scene = *state;

    scene->options.open_browser = false;
    scene->request.timeout = 200;
    expect_failure(scene, ERROR_TIMEOUT, "waiting for the sign-in");
    assert_null(scene->world->browser.url);
    assert_string_equal(scene->why, "--no-browser");
}

static void a_pasted_redirect_signs_in_too(void **state)
{
    struct scene *scene = *state;

    scene->options.open_browser = false;
    scene->options.paste_descriptor = scene->paste[0];
    scene->pasted = "  http://localhost:3000/callback?" GOOD_ANSWER " \n";
    expect_exchange(scene);
    expect_success(scene);
    assert_form(&scene->world->http, 0, "code", "the-code");
    assert_int_equal(scene->refusals, 0);
}

static void a_pasted_refusal_is_one_too(void **state)
{
    struct scene *scene = *state;

    scene->options.open_browser = false;
    scene->options.paste_descriptor = scene->paste[0];
    scene->pasted = "http://localhost:3000/callback?error=access_denied&state={STATE}"
                    "&iss=https%3A%2F%2Ftenant.example%2Foidc\n";
    expect_failure(scene, ERROR_DENIED, "access_denied");
}

static void a_pasted_redirect_of_another_issuer_is_refused(void **state)
{
    struct scene *scene = *state;

    scene->options.open_browser = false;
    scene->options.paste_descriptor = scene->paste[0];
    scene->pasted = "http://localhost:3000/callback?code=c&state={STATE}&iss=https%3A%2F%2Fevil.example\n";
    expect_failure(scene, ERROR_PROTOCOL, "evil.example");
}

/* Ports. */

/* A socket that listens on a port of 127.0.0.1 that the system chose. */
static int take_port(uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof(address);
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(descriptor, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(descriptor, 1), 0);
    assert_int_equal(getsockname(descriptor, (struct sockaddr *)&address, &length), 0);
    *port = ntohs(address.sin_port);
    return descriptor;
}

static void the_profiles_port_is_used_and_free_afterwards(void **state)
{
    struct scene *scene = *state;
    struct loopback *again;
    uint16_t port;

    close(take_port(&port));
    scene->world->profile.port = port;
    scene->options.port_fixed = true;
    expect_exchange(scene);
    expect_success(scene);
    assert_int_equal(scene->port, port);
    again = loopback_listen(system_real(), port, NULL, &scene->err);
    assert_non_null(again);
    loopback_stop(&again);
}

static void a_port_that_is_taken_is_changed_and_said(void **state)
{
    struct scene *scene = *state;
    int other = take_port(&scene->world->profile.port);

    expect_exchange(scene);
    expect_success(scene);
    assert_int_equal(scene->wanted_port, scene->world->profile.port);
    assert_int_not_equal(scene->port, scene->wanted_port);
    close(other);
}

static void a_fixed_port_that_is_taken_is_a_failure(void **state)
{
    struct scene *scene = *state;
    int other = take_port(&scene->world->profile.port);

    scene->options.port_fixed = true;
    expect_failure(scene, ERROR_PORT_IN_USE, "");
    assert_non_null(strstr(scene->err.hint, "--port"));
    assert_null(scene->world->browser.url);
    close(other);
}

/* Logto compares a confidential app's redirect URI to the letter, port included. */
static void a_confidential_app_cannot_change_the_port(void **state)
{
    struct scene *scene = *state;
    _cleanup_secret_ struct secret *app_secret = secret_from_text("s3cret");
    int other = take_port(&scene->world->profile.port);

    scene->request.app_secret = app_secret;
    expect_failure(scene, ERROR_PORT_IN_USE, "");
    close(other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scene, release_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_good_answer_signs_in_and_the_browser_says_who),
        TEST(the_request_is_bound_to_the_exchange),
        TEST(the_browser_is_given_the_short_address_only),
        TEST(it_asks_for_what_logto_needs),
        TEST(signing_in_again_and_signing_up_ask_differently),
        TEST(the_first_sign_in_takes_three_requests_and_the_next_one),
        TEST(only_scopes_that_were_granted_count_as_covered),
        TEST(an_answer_without_scopes_granted_all),
        TEST(a_confidential_app_authenticates_and_keeps_its_secret),
        TEST(it_replaces_an_earlier_session_only_when_done),
        TEST(another_users_session_is_revoked_after_the_new_one_is_stored),
        TEST(a_revocation_that_fails_does_not_undo_the_sign_in),
        TEST(an_answer_of_another_issuer_is_refused_without_using_the_code),
        TEST(a_refusal_is_told_at_both_ends),
        TEST(another_state_changes_nothing_and_the_deadline_ends_it),
        TEST(an_error_without_our_state_changes_nothing),
        TEST(nobody_coming_back_is_a_timeout_with_ticks_on_the_way),
        TEST(an_id_token_for_another_request_is_refused),
        TEST(an_id_token_for_another_app_is_refused),
        TEST(an_id_token_of_another_access_token_is_refused),
        TEST(without_an_id_token_nobody_signed_in),
        TEST(a_failed_exchange_is_not_repeated),
        TEST(a_refused_code_is_told),
        TEST(a_store_that_fails_fails_the_sign_in_and_the_page_says_so),
        TEST(without_random_numbers_nothing_is_started),
        TEST(without_discovery_no_browser_opens),
        TEST(a_browser_that_does_not_start_is_told_but_not_fatal),
        TEST(no_browser_is_opened_unasked),
        TEST(a_pasted_redirect_signs_in_too),
        TEST(a_pasted_refusal_is_one_too),
        TEST(a_pasted_redirect_of_another_issuer_is_refused),
        TEST(the_profiles_port_is_used_and_free_afterwards),
        TEST(a_port_that_is_taken_is_changed_and_said),
        TEST(a_fixed_port_that_is_taken_is_a_failure),
        TEST(a_confidential_app_cannot_change_the_port),
    };

    return cmocka_run_group_tests_name("sign_in", tests, NULL, NULL);
}
