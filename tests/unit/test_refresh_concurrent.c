/* Refreshes of several processes at once, and signals in the middle of one. */
#include "access_scene.h"

#include "base/interrupt.h"
#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Other processes. */

static void a_refresh_by_another_process_is_picked_up_instead_of_another_one(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    store_meanwhile(scene->world, "refresh-of-another-process", 3600);
    expect_token(scene, "access-of-another-process");
    assert_journal(scene->world, "load");
}

static void even_force_is_content_with_another_processs_refresh(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, 3600);
    store_meanwhile(scene->world, "refresh-of-another-process", 3600);
    scene->request.force = true;
    expect_token(scene, "access-of-another-process");
    assert_journal(scene->world, "load");
}

/* Their refresh may have brought no ID token; then ours is still to be made, with their refresh token. */
static void an_id_token_by_force_needs_a_new_id_token(void **state)
{
    struct scene *scene = *state;
    _cleanup_json_ struct json *claims = fake_claims(scene->world);
    _cleanup_secret_ struct secret *id_token = NULL;

    json_set_string(claims, "name", "New Name");
    id_token = fake_id_token(scene->world, claims);
    sign_in_for(scene, 3600);
    store_meanwhile(scene->world, "refresh-of-another-process", 3600);
    expect_refresh(scene, "access-3", "refresh-3", id_token);
    if (!session_fresh_id_token(&scene->world->interfaces, &scene->world->profile, &scene->session, 60, true,
                                &scene->err))
        fail_msg("%s", scene->err.message);
    assert_form(&scene->world->http, 0, "refresh_token", "refresh-of-another-process");
    assert_true(secret_equal(scene->session.id_token, id_token));
}

static void a_stale_session_of_another_process_is_refreshed_with_its_token(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    store_meanwhile(scene->world, "refresh-of-another-process", 59);
    expect_refresh(scene, "access-3", "refresh-3", NULL);
    expect_token(scene, "access-3");
    assert_form(&scene->world->http, 0, "refresh_token", "refresh-of-another-process");
}

static void a_session_that_is_gone_by_then_is_not_signed_in(void **state)
{
    struct scene *scene = *state;

    sign_in_for(scene, -1);
    sign_out_meanwhile(NULL, scene->world);
    expect_failure(scene, ERROR_NOT_SIGNED_IN, "not signed in");
}

/* A descriptor of the session's lock file, as another process would have it. */
static int open_lock(const struct scene *scene)
{
    _cleanup_free_ char *pattern = memory_format("%s/.local/share/logto/locks/default-*.lock",
                                                 scene->world->folder);
    glob_t found;
    int descriptor;

    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_int_equal(found.gl_pathc, 1);
    descriptor = open(found.gl_pathv[0], O_RDWR | O_CLOEXEC);
    globfree(&found);
    assert_true(descriptor >= 0);
    return descriptor;
}

static bool is_locked(const struct scene *scene)
{
    int descriptor = open_lock(scene);
    bool locked = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;

    close(descriptor);
    return locked;
}

static void look_at_the_lock(struct fake_answer *answer, void *data)
{
    (void)answer;
    assert_true(is_locked(data));
}

static void the_lock_is_held_from_before_the_request_and_let_go_afterwards(void **state)
{
    struct scene *scene = *state;
    struct fake_answer *answer;

    sign_in_for(scene, -1);
    answer = expect_refresh(scene, "access-2", "refresh-2", NULL);
    answer->during = look_at_the_lock;
    answer->data = scene;
    expect_token(scene, "access-2");
    assert_false(is_locked(scene));
    scene->request.force = true;
    expect_oauth_error(scene, 400, "invalid_grant");
    expect_failure(scene, ERROR_SESSION_ENDED, "");
    assert_false(is_locked(scene));
}

static void a_lock_that_stays_held_is_waited_for_with_a_deadline(void **state)
{
    struct scene *scene = *state;
    struct error err;
    int lock = -1;

    sign_in_for(scene, -1);
    assert_true(session_lock(&scene->world->interfaces, &scene->world->profile, &lock, &err));
    scene->world->system.step = 10000;
    expect_failure(scene, ERROR_IO, "another logto process");
    assert_journal(scene->world, "");
    lock_release(&lock);
    scene->world->system.step = 0;
    expect_refresh(scene, "access-2", "refresh-2", NULL);
    expect_token(scene, "access-2");
}

/* Signals wait until the rotated token is stored. */

static void interrupt_now(struct fake_answer *answer, void *data)
{
    (void)answer;
    (void)data;
    raise(SIGTERM);
}

static void a_signal_in_the_middle_takes_effect_after_the_write(void **state)
{
    struct scene *scene = *state;
    struct fake_journal *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
                                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status = 0;
    pid_t child;

    assert_ptr_not_equal(shared, MAP_FAILED);
    sign_in_for(scene, -1);
    expect_refresh(scene, "access-2", "refresh-2", NULL)->during = interrupt_now;
    scene->world->http.journal = scene->world->store.journal = shared;
    child = fork();
    if (child == 0) {
        interrupt_catch(NULL);
        ask(scene);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 128 + SIGTERM);
    assert_string_equal(shared->text, "load, prepare, POST /token, save");
    munmap(shared, sizeof(*shared));
    scene->world->http.answer_count = scene->world->http.answer_count - 1; /* it was the child that asked */
    free(scene->world->http.answers[0].url);
    free(scene->world->http.answers[0].body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_refresh_by_another_process_is_picked_up_instead_of_another_one),
        TEST(even_force_is_content_with_another_processs_refresh),
        TEST(an_id_token_by_force_needs_a_new_id_token),
        TEST(a_stale_session_of_another_process_is_refreshed_with_its_token),
        TEST(a_session_that_is_gone_by_then_is_not_signed_in),
        TEST(the_lock_is_held_from_before_the_request_and_let_go_afterwards),
        TEST(a_lock_that_stays_held_is_waited_for_with_a_deadline),
        TEST(a_signal_in_the_middle_takes_effect_after_the_write),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
