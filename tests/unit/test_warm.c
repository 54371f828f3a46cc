/*
 * What is kept warm, where, and who may read it. Where the kernel lets nobody add keys (some containers) only
 * the misses are tested. What asks for warm tokens and what drops them is in test_warm_use.c.
 */
#include "warm_scene.h"

#include "base/environment.h"
#include "base/kernel_key.h"
#include "session/session_json.h"
#include "session/warm_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void keep(struct warm_scene *scene)
{
    require_kernel_keys();
    warm_write(&scene->world->interfaces, &scene->world->profile, &scene->session);
    assert_warm(scene, true);
}

static void what_is_kept_is_the_session_without_its_refresh_token_and_app_secret(void **state)
{
    struct warm_scene *scene = *state;
    _cleanup_session_ struct session read = SESSION_EMPTY;

    scene->session.app_secret = secret_from_text("app-secret");
    keep(scene);
    assert_true(warm_read(&scene->world->profile, &read));
    assert_null(read.refresh_token);
    assert_null(read.app_secret);
    assert_true(secret_equal(read.id_token, scene->session.id_token));
    assert_int_equal(read.token_count, scene->session.token_count);
    assert_string_equal(secret_text(read.tokens[0].token), "access-1");
    assert_int_equal(read.tokens[0].expires_at, FAKE_NOW + 3600);
}

static void the_file_is_the_users_and_says_nothing(void **state)
{
    struct warm_scene *scene = *state;
    _cleanup_buffer_ struct buffer file = BUFFER(WARM_FILE_MAXIMUM);
    struct stat status;

    keep(scene);
    assert_int_equal(stat(scene->runtime, &status), 0);
    assert_int_equal(stat(warm_path(scene), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    read_warm_file(scene, &file);
    assert_null(memmem(file.data, file.length, "access-1", 8));
    assert_null(memmem(file.data, file.length, FAKE_ISSUER, strlen(FAKE_ISSUER)));
    assert_null(strstr(warm_path(scene), "default"));
}

static void flip(struct buffer *file, size_t index)
{
    unsigned char *bytes = (unsigned char *)file->data;

    bytes[index] = (unsigned char)(bytes[index] ^ (1U << (index % 8)));
}

static void any_bit_that_was_changed_and_any_byte_that_is_missing_is_a_miss(void **state)
{
    struct warm_scene *scene = *state;
    _cleanup_buffer_ struct buffer file = BUFFER(WARM_FILE_MAXIMUM);

    keep(scene);
    read_warm_file(scene, &file);
    for (size_t i = 0; i < file.length; i++) {
        flip(&file, i);
        write_warm_file(scene, file.data, file.length);
        assert_warm(scene, false);
        flip(&file, i);
    }
    for (size_t length = 0; length < file.length; length += 7) {
        write_warm_file(scene, file.data, length);
        assert_warm(scene, false);
    }
    write_warm_file(scene, file.data, file.length);
    assert_warm(scene, true);
}

static void more_than_a_session_can_be_is_a_miss(void **state)
{
    struct warm_scene *scene = *state;

    keep(scene);
    assert_int_equal(truncate(warm_path(scene), (off_t)WARM_FILE_MAXIMUM + 1), 0);
    assert_warm(scene, false);
}

static void the_file_of_another_session_is_a_miss(void **state)
{
    struct warm_scene *scene = *state;
    _cleanup_buffer_ struct buffer first = BUFFER(WARM_FILE_MAXIMUM);

    keep(scene);
    read_warm_file(scene, &first);
    warm_drop(&scene->world->profile); /* and with it the key */
    keep(scene);
    write_warm_file(scene, first.data, first.length);
    assert_warm(scene, false);
}

static void expect_another(struct warm_scene *scene, char **member, const char *text)
{
    _cleanup_free_ char *before = memory_duplicate(*member);

    profile_set_text(member, text);
    assert_warm(scene, false);
    profile_set_text(member, before);
    assert_warm(scene, true);
}

static void expect_another_place(struct warm_scene *scene, const char *variable)
{
    setenv(variable, "/nonexistent", 1);
    assert_warm(scene, false);
    unsetenv(variable);
    assert_warm(scene, true);
}

static void another_profile_issuer_app_store_or_directory_is_another_session(void **state)
{
    struct warm_scene *scene = *state;
    struct profile *profile = &scene->world->profile;

    keep(scene);
    expect_another(scene, &profile->name, "other");
    expect_another(scene, &profile->issuer, "https://other.example/oidc");
    expect_another(scene, &profile->app_id, "app2");
    expect_another(scene, &profile->store, "keyring");
    expect_another_place(scene, "XDG_CONFIG_HOME");
    expect_another_place(scene, "XDG_DATA_HOME");
}

static void a_file_that_others_own_or_may_write_or_a_link_is_a_miss(void **state)
{
    struct warm_scene *scene = *state;
    _cleanup_free_ char *elsewhere = memory_format("%s/elsewhere", scene->world->folder);

    keep(scene);
    assert_int_equal(chmod(warm_path(scene), 0666), 0);
    assert_warm(scene, false);
    assert_int_equal(chmod(warm_path(scene), 0600), 0);
    assert_warm(scene, true);
    assert_int_equal(rename(warm_path(scene), elsewhere), 0);
    assert_int_equal(symlink(elsewhere, warm_path(scene)), 0);
    assert_warm(scene, false);
    assert_int_equal(rename(elsewhere, warm_path(scene)), 0);
    assert_warm(scene, true);
    if (geteuid() == 0) {
        assert_int_equal(chown(warm_path(scene), 65534, 65534), 0);
        assert_warm(scene, false);
    }
}

static void a_directory_that_others_may_write_is_a_miss(void **state)
{
    struct warm_scene *scene = *state;
    _cleanup_free_ char *folder = memory_format("%s/logto", scene->runtime);

    keep(scene);
    assert_int_equal(chmod(folder, 0770), 0);
    assert_warm(scene, false);
    warm_write(&scene->world->interfaces, &scene->world->profile, &scene->session);
    assert_no_warm_key(scene);
    assert_int_equal(chmod(folder, 0700), 0);
    assert_warm(scene, false);
}

static void expect_no_runtime_directory(struct warm_scene *scene)
{
    assert_warm(scene, false);
    warm_write(&scene->world->interfaces, &scene->world->profile, &scene->session);
    assert_warm(scene, false);
    assert_no_warm_key(scene);
}

static void without_a_runtime_directory_of_the_users_own_nothing_is_kept(void **state)
{
    struct warm_scene *scene = *state;

    setenv("XDG_RUNTIME_DIR", "run", 1);
    expect_no_runtime_directory(scene);
    setenv("XDG_RUNTIME_DIR", "/nonexistent/run", 1);
    expect_no_runtime_directory(scene);
    unsetenv("XDG_RUNTIME_DIR");
    expect_no_runtime_directory(scene);
    setenv("XDG_RUNTIME_DIR", scene->runtime, 1);
    assert_int_equal(chmod(scene->runtime, 0777), 0);
    expect_no_runtime_directory(scene);
    assert_int_equal(chmod(scene->runtime, 0700), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(scene->runtime, 65534, 65534), 0);
        expect_no_runtime_directory(scene);
    }
    assert_int_equal(count_warm_files(scene), 0);
}

static void dropping_takes_the_file_and_the_key_and_can_be_repeated(void **state)
{
    struct warm_scene *scene = *state;

    keep(scene);
    warm_drop(&scene->world->profile);
    assert_warm(scene, false);
    assert_int_equal(count_warm_files(scene), 0);
    assert_no_warm_key(scene);
    warm_drop(&scene->world->profile);
}

/* As from cron: the file can't be found there, so the key must go. */
static void dropping_works_without_the_runtime_directory(void **state)
{
    struct warm_scene *scene = *state;

    keep(scene);
    unsetenv("XDG_RUNTIME_DIR");
    warm_drop(&scene->world->profile);
    setenv("XDG_RUNTIME_DIR", scene->runtime, 1);
    assert_warm(scene, false);
}

static void switched_off_nothing_is_kept_or_read_and_what_was_kept_is_dropped(void **state)
{
    struct warm_scene *scene = *state;
    struct profile *profile = &scene->world->profile;

    keep(scene);
    profile->warm = false;
    assert_warm(scene, false);
    warm_write(&scene->world->interfaces, profile, &scene->session);
    profile->warm = true;
    assert_warm(scene, false);
    keep(scene);
    profile->passphrase_cache = 0;
    assert_warm(scene, false);
    profile->passphrase_cache = 60;
    assert_warm(scene, true);
    setenv("LOGTO_WARM", "0", 1);
    assert_warm(scene, false);
    warm_write(&scene->world->interfaces, profile, &scene->session);
    unsetenv("LOGTO_WARM");
    assert_warm(scene, false);
    setenv("LOGTO_WARM", "1", 1);
    keep(scene);
    unsetenv("LOGTO_WARM");
}

static void a_session_whose_user_is_unproven_or_whose_tokens_expired_is_not_kept(void **state)
{
    struct warm_scene *scene = *state;

    keep(scene);
    scene->session.unproven = true;
    warm_write(&scene->world->interfaces, &scene->world->profile, &scene->session);
    assert_warm(scene, false);
    scene->session.unproven = false;
    keep(scene);
    scene->world->system.now += 100000;
    warm_write(&scene->world->interfaces, &scene->world->profile, &scene->session);
    assert_warm(scene, false);
    assert_int_equal(count_warm_files(scene), 0);
}

static void it_is_said_until_when_a_token_can_be_had(void **state)
{
    struct warm_scene *scene = *state;
    const struct interfaces *interfaces = &scene->world->interfaces;
    const struct profile *profile = &scene->world->profile;

    assert_int_equal(warm_until(interfaces, profile), 0);
    keep(scene);
    assert_int_equal(warm_until(interfaces, profile), FAKE_NOW + 3600);
    scene->world->system.now += 3600;
    assert_int_equal(warm_until(interfaces, profile), 0);
}

static void a_key_that_expired_is_a_miss(void **state)
{
    struct warm_scene *scene = *state;

    keep(scene);
    assert_true(kernel_key_set_timeout(warm_key(scene), 1, NULL));
    for (int i = 0; is_warm(scene); i++) {
        assert_true(i < 5000);
        usleep(1000);
    }
}

/* One key as long as the session lasts, another one for the next. */
static void keys_and_files_do_not_pile_up(void **state)
{
    struct warm_scene *scene = *state;
    _cleanup_secret_ struct secret *first = NULL, *last = NULL, *next = NULL;

    keep(scene);
    assert_true(kernel_key_read(warm_key(scene), &first, NULL));
    for (int i = 0; i < 1000; i++)
        warm_write(&scene->world->interfaces, &scene->world->profile, &scene->session);
    assert_warm(scene, true);
    assert_int_equal(count_warm_files(scene), 1);
    assert_true(kernel_key_read(warm_key(scene), &last, NULL));
    assert_true(secret_equal(first, last));
    warm_drop(&scene->world->profile);
    keep(scene);
    assert_true(kernel_key_read(warm_key(scene), &next, NULL));
    assert_false(secret_equal(first, next));
}

static void a_reader_beside_a_writer_finds_all_or_nothing_but_always_something(void **state)
{
    struct warm_scene *scene = *state;
    int status;
    pid_t writer;

    keep(scene);
    writer = fork();
    if (writer == 0) {
        for (int i = 0; i < 500; i++)
            warm_write(&scene->world->interfaces, &scene->world->profile, &scene->session);
        _exit(0);
    }
    while (waitpid(writer, &status, WNOHANG) == 0)
        assert_warm(scene, true);
    assert_int_equal(status, 0);
}

/* What `look` says in a child. */
static int in_child(int (*look)(struct warm_scene *scene), struct warm_scene *scene)
{
    int status;
    pid_t child = fork();

    if (child == 0)
        _exit(look(scene));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int look_with_fresh_session_keyring(struct warm_scene *scene)
{
    syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
    return is_warm(scene) ? 0 : 1;
}

static void a_fresh_session_keyring_of_the_same_user_makes_no_difference(void **state)
{
    struct warm_scene *scene = *state;

    keep(scene);
    assert_int_equal(in_child(look_with_fresh_session_keyring, scene), 0);
}

static int look_as_another_user(struct warm_scene *scene)
{
    long serial = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user", warm_key(scene), 0);
    char bytes[64];

    if (serial < 0 || setgid(65534) != 0 || setuid(65534) != 0)
        return 2;
    if (is_warm(scene) || open(warm_path(scene), O_RDONLY | O_CLOEXEC) >= 0)
        return 1;
    return syscall(SYS_keyctl, KEYCTL_READ, serial, bytes, sizeof(bytes)) >= 0 ? 3 : 0;
}

static void another_user_gets_neither_key_nor_file(void **state)
{
    struct warm_scene *scene = *state;

    if (geteuid() != 0)
        skip();
    keep(scene);
    assert_int_equal(in_child(look_as_another_user, scene), 0);
}

/* As container runtimes do: these calls fail with `reason`, everything else is allowed. */
static bool refuse_key_calls(unsigned int reason)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_add_key, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_keyctl, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | reason),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {ARRAY_SIZE(filter), filter};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int keep_without_key_calls(struct warm_scene *scene, unsigned int reason)
{
    struct secret *key = NULL;
    struct error err;

    if (!refuse_key_calls(reason) || kernel_key_read("logto-test:none", &key, &err) || errno != (int)reason)
        return 2;
    warm_write(&scene->world->interfaces, &scene->world->profile, &scene->session);
    return is_warm(scene) || count_warm_files(scene) ? 1 : 0;
}

static int keep_with_eperm(struct warm_scene *scene)
{
    return keep_without_key_calls(scene, EPERM);
}

static int keep_with_enosys(struct warm_scene *scene)
{
    return keep_without_key_calls(scene, ENOSYS);
}

static int keep_with_edquot(struct warm_scene *scene)
{
    return keep_without_key_calls(scene, EDQUOT);
}

static void where_the_kernel_refuses_keys_nothing_is_kept(void **state)
{
    struct warm_scene *scene = *state;

    assert_int_equal(in_child(keep_with_eperm, scene), 0);
    assert_int_equal(in_child(keep_with_enosys, scene), 0);
    assert_int_equal(in_child(keep_with_edquot, scene), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WARM_TEST(what_is_kept_is_the_session_without_its_refresh_token_and_app_secret),
        WARM_TEST(the_file_is_the_users_and_says_nothing),
        WARM_TEST(any_bit_that_was_changed_and_any_byte_that_is_missing_is_a_miss),
        WARM_TEST(more_than_a_session_can_be_is_a_miss),
        WARM_TEST(the_file_of_another_session_is_a_miss),
        WARM_TEST(another_profile_issuer_app_store_or_directory_is_another_session),
        WARM_TEST(a_file_that_others_own_or_may_write_or_a_link_is_a_miss),
        WARM_TEST(a_directory_that_others_may_write_is_a_miss),
        WARM_TEST(without_a_runtime_directory_of_the_users_own_nothing_is_kept),
        WARM_TEST(dropping_takes_the_file_and_the_key_and_can_be_repeated),
        WARM_TEST(dropping_works_without_the_runtime_directory),
        WARM_TEST(switched_off_nothing_is_kept_or_read_and_what_was_kept_is_dropped),
        WARM_TEST(a_session_whose_user_is_unproven_or_whose_tokens_expired_is_not_kept),
        WARM_TEST(it_is_said_until_when_a_token_can_be_had),
        WARM_TEST(a_key_that_expired_is_a_miss),
        WARM_TEST(keys_and_files_do_not_pile_up),
        WARM_TEST(a_reader_beside_a_writer_finds_all_or_nothing_but_always_something),
        WARM_TEST(a_fresh_session_keyring_of_the_same_user_makes_no_difference),
        WARM_TEST(another_user_gets_neither_key_nor_file),
        WARM_TEST(where_the_kernel_refuses_keys_nothing_is_kept),
    };

    return cmocka_run_group_tests_name("warm", tests, NULL, NULL);
}
