/* A signed-in user whose tokens are asked for: shared by the tests of access.h and refresh.h. */
#pragma once

#include "fake.h"
#include "session/access.h"

/* A session, what is asked of it, and what came of it. */
struct scene {
    struct fake_world *world;
    struct session session;
    struct access_request request;
    struct secret *before; /* what the store held at first */
    const struct access_token *token;
    struct error err;
};

/* cmocka's setup and teardown. */
int make_scene(void **state);
int release_scene(void **state);

/* Signs in with an access token that is good for `ttl` seconds. */
void sign_in_for(struct scene *scene, int64_t ttl);

/* Asks for the token of scene->request. */
bool ask(struct scene *scene);

/* Asking brings this token, and every response of the script was used. */
void expect_token(struct scene *scene, const char *text);

void expect_failure(struct scene *scene, enum error_code code, const char *part);

/* The token endpoint answers with these, as Logto does when it rotates; NULL leaves a member out. */
struct fake_answer *expect_refresh(struct scene *scene, const char *access_token, const char *refresh_token,
                                   const struct secret *id_token);

void expect_oauth_error(struct scene *scene, int status, const char *error);

/* What the store holds now, read as the next process would. */
void load_stored(struct scene *scene, struct session *stored);

void assert_stored_refresh_token(struct scene *scene, const char *expected);

/* Another process stores a session with this refresh token and an access token good for `ttl` seconds. */
void store_meanwhile(struct fake_world *world, const char *refresh_token, int64_t ttl);

/* Another process removes the session while the request is on its way (fake_answer.during). */
void sign_out_meanwhile(struct fake_answer *answer, void *data);

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scene, release_scene)
