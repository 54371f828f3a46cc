#include "access_scene.h"

#include "session/session_json.h"

int make_scene(void **state)
{
    struct scene *scene = memory_allocate(1, sizeof(*scene));
    void *world = NULL;

    if (fake_setup(&world) != 0)
        return -1;
    scene->world = world;
    scene->request.min_ttl = 60;
    fake_fill_cache(world);
    *state = scene;
    return 0;
}

int release_scene(void **state)
{
    struct scene *scene = *state;
    void *world = scene->world;

    session_release(&scene->session);
    secret_free(&scene->before);
    list_release(&scene->request.scopes);
    free(scene);
    return fake_teardown(&world);
}

void sign_in_for(struct scene *scene, int64_t ttl)
{
    fake_sign_in(scene->world, ttl, &scene->session);
    scene->before = fake_stored(scene->world);
}

bool ask(struct scene *scene)
{
    scene->token = NULL;
    scene->err = (struct error){.message = ""};
    return session_access_token(&scene->world->interfaces, &scene->world->profile, &scene->session,
                                &scene->request, &scene->token, &scene->err);
}

void expect_token(struct scene *scene, const char *text)
{
    if (!ask(scene) || !scene->token) {
        fail_msg("%s", scene->err.message);
        return;
    }
    assert_string_equal(secret_text(scene->token->token), text);
    assert_all_asked(&scene->world->http);
}

void expect_failure(struct scene *scene, enum error_code code, const char *part)
{
    assert_false(ask(scene));
    assert_error(&scene->err, code, part);
    assert_null(scene->token);
    assert_all_asked(&scene->world->http);
}

struct fake_answer *expect_refresh(struct scene *scene, const char *access_token, const char *refresh_token,
                                   const struct secret *id_token)
{
    _cleanup_json_ struct json *body = json_object();
    _cleanup_free_ char *text = NULL;

    json_set_string(body, "access_token", access_token);
    json_set_string(body, "token_type", "Bearer");
    json_set_integer(body, "expires_in", 3600);
    json_set_string(body, "scope", "openid profile email read:things");
    if (refresh_token)
        json_set_string(body, "refresh_token", refresh_token);
    if (id_token)
        json_set_string(body, "id_token", secret_text(id_token));
    text = json_print(body, false);
    return fake_expect(&scene->world->http, FAKE_TOKEN, 200, text);
}

void expect_oauth_error(struct scene *scene, int status, const char *error)
{
    _cleanup_free_ char *body = memory_format("{\"error\":\"%s\",\"error_description\":\"because\"}", error);

    fake_expect(&scene->world->http, FAKE_TOKEN, status, body);
}

void load_stored(struct scene *scene, struct session *stored)
{
    _cleanup_secret_ struct secret *text = fake_stored(scene->world);
    struct error err = {.message = ""};

    assert_non_null(text);
    if (!session_decode(text, stored, &err))
        fail_msg("%s", err.message);
}

void assert_stored_refresh_token(struct scene *scene, const char *expected)
{
    _cleanup_session_ struct session stored = SESSION_EMPTY;

    load_stored(scene, &stored);
    assert_string_equal(secret_text(stored.refresh_token), expected);
}

void store_meanwhile(struct fake_world *world, const char *refresh_token, int64_t ttl)
{
    _cleanup_session_ struct session other = SESSION_EMPTY;
    _cleanup_secret_ struct secret *text = fake_stored(world), *changed = NULL;
    struct store_key key = {"default", FAKE_ISSUER, FAKE_APP};
    struct access_token *token;
    struct error err;

    assert_true(session_decode(text, &other, &err));
    secret_free(&other.refresh_token);
    other.refresh_token = secret_from_text(refresh_token);
    token = session_put_token(&other, NULL, NULL, "");
    token->token = secret_from_text("access-of-another-process");
    token->expires_at = world->system.now + ttl;
    changed = session_encode(&other);
    assert_true(world->store.inner->save(world->store.inner, &key, changed, &err));
}

void sign_out_meanwhile(struct fake_answer *answer, void *data)
{
    struct fake_world *world = data;
    struct store_key key = {"default", FAKE_ISSUER, FAKE_APP};
    struct error err;

    (void)answer;
    assert_true(world->store.inner->remove(world->store.inner, &key, &err));
}
