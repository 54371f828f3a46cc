/* What only the stores in files do: passphrases, damage, kills, and files that aren't ours. */
#include "fake.h"
#include "fake_passphrase.h"

#include "base/file.h"
#include "base/kernel_key.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define VALUE "{\"refresh_token\":\"TOP-SECRET\"}"

static const struct store_key usual = {"work", "https://a.example/oidc", "app1"};

/* One session's file, with whoever opens it. */
struct scene {
    char folder[64];
    struct fake_system system;
    struct fake_passphrase passphrase;
    struct store_settings settings;
    struct store *store;
    char *path; /* of the file, once something was saved */
};

static int make_scene(void **state)
{
    struct scene *scene = memory_allocate(1, sizeof(*scene));

    /* In memory where there is such a place: the kills and cuts sync thousands of times. */
    snprintf(scene->folder, sizeof(scene->folder), "%s/logto-test-sfile-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(scene->folder) || setenv("XDG_DATA_HOME", scene->folder, 1) != 0)
        return -1;
    fake_system_open(&scene->system);
    scene->passphrase.given = "correct horse";
    scene->passphrase.source.cache = 900;
    scene->settings = fake_settings(&scene->passphrase, &scene->system.system);
    *state = scene;
    return 0;
}

static void close_scene_store(struct scene *scene)
{
    if (scene->store)
        scene->store->close(scene->store);
    scene->store = NULL;
}

/* As another process would: nothing is left in memory. */
static void open_again(struct scene *scene, bool sealed)
{
    close_scene_store(scene);
    scene->store = sealed ? store_file_open(&scene->settings) : store_plaintext_open(&scene->settings);
}

static int release_scene(void **state)
{
    struct scene *scene = *state;
    _cleanup_free_ char *command = memory_format("rm -rf '%s'", scene->folder);

    open_again(scene, true);
    scene->store->remove(scene->store, &usual, NULL); /* the kernel's key too */
    close_scene_store(scene);
    free(scene->path);
    free(scene);
    return system(command); /* NOLINT: a test, and a path of our own */
}

static bool save(struct scene *scene, const char *text, struct error *err)
{
    _cleanup_secret_ struct secret *value = secret_from_text(text);

    return scene->store->save(scene->store, &usual, value, err);
}

static void expect_loaded(struct scene *scene, const char *text)
{
    _cleanup_secret_ struct secret *value = NULL;
    struct error err;

    if (!scene->store->load(scene->store, &usual, &value, &err))
        fail_msg("%s", err.message);
    assert_non_null(value);
    assert_string_equal(secret_text(value), text);
}

static void expect_refused(struct scene *scene, enum error_code code, const char *part)
{
    struct secret *value = NULL;
    struct error err;

    assert_false(scene->store->load(scene->store, &usual, &value, &err));
    assert_error(&err, code, part);
    assert_null(value);
}

static int count_files(struct scene *scene, char **last)
{
    _cleanup_free_ char *folder = memory_format("%s/logto", scene->folder);
    DIR *stream = opendir(folder);
    int count = 0;

    assert_non_null(stream);
    for (const struct dirent *entry = readdir(stream); entry; entry = readdir(stream)) {
        if (entry->d_name[0] == '.')
            continue;
        free(*last);
        *last = memory_format("%s/%s", folder, entry->d_name);
        count++;
    }
    closedir(stream);
    return count;
}

static void save_first(struct scene *scene, bool sealed)
{
    struct error err;

    open_again(scene, sealed);
    if (!save(scene, VALUE, &err))
        fail_msg("%s", err.message);
    assert_int_equal(count_files(scene, &scene->path), 1);
}

static void read_all(const char *path, struct buffer *out)
{
    bool exists = false;

    assert_true(file_read(path, FILE_OWN, out, &exists, NULL));
    assert_true(exists);
}

/* Not synced, which would take minutes here. */
static void write_all(const char *path, const struct buffer *bytes, size_t length)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(file >= 0);
    assert_int_equal(write(file, buffer_text(bytes), length), length);
    assert_int_equal(close(file), 0);
}

/* ---- the file ---- */

static void the_file_is_for_the_user_alone_and_shows_nothing(void **state)
{
    struct scene *scene = *state;
    _cleanup_buffer_ struct buffer bytes = BUFFER(4096);
    _cleanup_free_ char *folder = memory_format("%s/logto", scene->folder);
    struct stat status;

    save_first(scene, true);
    assert_int_equal(stat(scene->path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(stat(folder, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    read_all(scene->path, &bytes);
    assert_null(memmem(bytes.data, bytes.length, "TOP-SECRET", 10));
    assert_null(memmem(bytes.data, bytes.length, "refresh_token", 13));
    assert_non_null(memmem(bytes.data, bytes.length, "https://a.example/oidc", 22));
}

static void links_pipes_and_files_that_others_can_write_are_refused(void **state)
{
    struct scene *scene = *state;
    _cleanup_free_ char *elsewhere = NULL, *folder = memory_format("%s/logto", scene->folder);
    struct error err;

    save_first(scene, true);
    assert_int_equal(chmod(scene->path, 0660), 0);
    expect_refused(scene, ERROR_STORE_UNAVAILABLE, "is writable by other users");
    assert_int_equal(chmod(scene->path, 0600), 0);
    assert_int_equal(chmod(folder, 0777), 0);
    expect_refused(scene, ERROR_STORE_UNAVAILABLE, "is writable by other users");
    assert_false(save(scene, "new", &err));
    assert_error(&err, ERROR_STORE_UNAVAILABLE, "is writable by other users");
    assert_int_equal(chmod(folder, 0700), 0);
    elsewhere = memory_format("%s/elsewhere", scene->folder);
    assert_int_equal(rename(scene->path, elsewhere), 0);
    assert_int_equal(symlink(elsewhere, scene->path), 0);
    expect_refused(scene, ERROR_STORE_UNAVAILABLE, "is a symbolic link");
    assert_false(save(scene, "new", &err));
    assert_int_equal(unlink(scene->path), 0);
    assert_int_equal(mkfifo(scene->path, 0600), 0);
    expect_refused(scene, ERROR_STORE_UNAVAILABLE, "is not a regular file");
    assert_int_equal(unlink(scene->path), 0);
    assert_int_equal(rename(elsewhere, scene->path), 0);
    expect_loaded(scene, VALUE);
}

/* ---- damage ---- */

static void expect_damage(struct scene *scene)
{
    struct secret *value = NULL;
    struct error err;

    assert_false(scene->store->load(scene->store, &usual, &value, &err));
    assert_error(&err, ERROR_STORE_UNAVAILABLE, "is damaged");
    assert_non_null(strstr(err.hint, "logto logout --local --profile work"));
    assert_null(value);
    assert_false(save(scene, "new", &err));
    assert_error(&err, ERROR_STORE_UNAVAILABLE, "is damaged");
}

static void expect_all_cuts_found(struct scene *scene, bool sealed)
{
    _cleanup_buffer_ struct buffer good = BUFFER(4096), left = BUFFER(4096);

    save_first(scene, sealed);
    read_all(scene->path, &good);
    for (size_t length = 0; length < good.length; length++) {
        write_all(scene->path, &good, length);
        expect_damage(scene);
        buffer_clear(&left);
        read_all(scene->path, &left);
        assert_int_equal(left.length, length);
    }
    write_all(scene->path, &good, good.length);
    expect_loaded(scene, VALUE);
}

static void a_file_cut_at_any_length_is_damaged_and_stays(void **state)
{
    expect_all_cuts_found(*state, true);
}

static void a_plaintext_file_cut_at_any_length_is_damaged_and_stays(void **state)
{
    expect_all_cuts_found(*state, false);
}

static void a_bit_changed_anywhere_is_damage(void **state)
{
    struct scene *scene = *state;
    _cleanup_buffer_ struct buffer bytes = BUFFER(4096);

    save_first(scene, true);
    read_all(scene->path, &bytes);
    for (size_t bit = 0; bit < bytes.length * 8; bit++) {
        bytes.data[bit / 8] = (char)(bytes.data[bit / 8] ^ (1 << bit % 8));
        write_all(scene->path, &bytes, bytes.length);
        expect_damage(scene);
        bytes.data[bit / 8] = (char)(bytes.data[bit / 8] ^ (1 << bit % 8));
    }
    write_all(scene->path, &bytes, bytes.length);
    expect_loaded(scene, VALUE);
}

static void another_session_s_file_is_not_taken_for_this_one_s(void **state)
{
    static const struct store_key other = {"home", "https://a.example/oidc", "app1"};
    struct scene *scene = *state;
    _cleanup_buffer_ struct buffer bytes = BUFFER(4096);
    _cleanup_secret_ struct secret *value = secret_from_text("other");
    char *other_path = NULL;

    save_first(scene, true);
    read_all(scene->path, &bytes);
    assert_true(scene->store->remove(scene->store, &usual, NULL));
    assert_true(scene->store->save(scene->store, &other, value, NULL));
    assert_int_equal(count_files(scene, &other_path), 1);
    buffer_clear(&bytes);
    read_all(other_path, &bytes);
    write_all(scene->path, &bytes, bytes.length);
    expect_refused(scene, ERROR_STORE_UNAVAILABLE, "belongs to another session");
    assert_true(scene->store->remove(scene->store, &other, NULL));
    free(other_path);
}

/* ---- passphrases ---- */

static void a_wrong_passphrase_is_named_and_changes_nothing(void **state)
{
    struct scene *scene = *state;
    struct error err;

    save_first(scene, true);
    scene->passphrase.given = "battery staple";
    open_again(scene, true);
    expect_refused(scene, ERROR_STORE_LOCKED, "profile 'work' stays locked: wrong passphrase");
    assert_false(save(scene, "new", &err));
    assert_error(&err, ERROR_STORE_LOCKED, "wrong passphrase");
    scene->passphrase.given = "correct horse";
    open_again(scene, true);
    expect_loaded(scene, VALUE);
}

static void a_typed_passphrase_may_be_wrong_twice(void **state)
{
    struct scene *scene = *state;

    save_first(scene, true);
    scene->passphrase = (struct fake_passphrase){.source = scene->passphrase.source,
                                                 .answers = {"one", "two", "correct horse", "four"}};
    scene->passphrase.source.cache = 0;
    open_again(scene, true);
    expect_loaded(scene, VALUE);
    assert_int_equal(scene->passphrase.asked, 3);
    assert_int_equal(scene->passphrase.needs[0], PASSPHRASE_UNLOCK);
    assert_int_equal(scene->passphrase.needs[1], PASSPHRASE_RETRY);
    scene->passphrase.asked = 0;
    scene->passphrase.answers[2] = "three";
    open_again(scene, true);
    expect_refused(scene, ERROR_STORE_LOCKED, "wrong passphrase");
    assert_int_equal(scene->passphrase.asked, 3);
}

static void nobody_is_asked_quietly_or_without_an_answer(void **state)
{
    struct scene *scene = *state;

    save_first(scene, true);
    scene->passphrase.given = NULL;
    open_again(scene, true);
    expect_refused(scene, ERROR_STORE_LOCKED, "nobody answers");
    assert_int_equal(scene->passphrase.asked, 1);
    scene->settings.quiet = true;
    open_again(scene, true);
    expect_refused(scene, ERROR_STORE_LOCKED, "locked");
    assert_int_equal(scene->passphrase.asked, 1);
}

static void preparing_asks_for_a_new_passphrase_once(void **state)
{
    struct scene *scene = *state;
    struct error err;

    scene->passphrase.given = NULL;
    scene->passphrase.source.cache = 0;
    scene->passphrase.answers[0] = "a new one";
    open_again(scene, true);
    assert_true(scene->store->prepare(scene->store, &usual, &err));
    assert_true(save(scene, VALUE, &err));
    assert_true(save(scene, "second", &err));
    assert_int_equal(scene->passphrase.asked, 1);
    assert_int_equal(scene->passphrase.needs[0], PASSPHRASE_NEW);
    scene->passphrase.given = "a new one";
    open_again(scene, true);
    expect_loaded(scene, "second");
}

static void a_folder_that_cannot_be_written_is_found_by_preparing(void **state)
{
    struct scene *scene = *state;
    struct error err;

    setenv("XDG_DATA_HOME", "/proc/self", 1);
    open_again(scene, true);
    assert_false(scene->store->prepare(scene->store, &usual, &err));
    assert_int_equal(err.code, ERROR_STORE_UNAVAILABLE);
    setenv("XDG_DATA_HOME", scene->folder, 1);
}

/* ---- the kernel's keyring ---- */

static void type_the_passphrase(struct scene *scene)
{
    _cleanup_secret_ struct secret *probe = secret_from_text("x");

    if (!kernel_key_write("logto-test:probe", probe, 1, NULL))
        skip(); /* as in some containers */
    save_first(scene, true);
    scene->passphrase.given = NULL;
    scene->passphrase.answers[0] = "correct horse";
    open_again(scene, true);
    expect_loaded(scene, VALUE);
    assert_int_equal(scene->passphrase.asked, 1);
    open_again(scene, true);
}

static void a_typed_passphrase_is_not_asked_for_again(void **state)
{
    struct scene *scene = *state;
    struct error err;

    type_the_passphrase(scene);
    expect_loaded(scene, VALUE);
    open_again(scene, true);
    assert_true(save(scene, "written with the cached key", &err));
    open_again(scene, true);
    expect_loaded(scene, "written with the cached key");
    scene->settings.quiet = true;
    open_again(scene, true);
    expect_loaded(scene, "written with the cached key");
    assert_int_equal(scene->passphrase.asked, 1);
}

static void using_the_cached_key_keeps_it_two_hours_at_most(void **state)
{
    struct scene *scene = *state;

    type_the_passphrase(scene);
    scene->system.now += 7199;
    expect_loaded(scene, VALUE);
    open_again(scene, true);
    scene->system.now += 1;
    expect_refused(scene, ERROR_STORE_LOCKED, "nobody answers");
    scene->system.now -= 100000; /* a clock that was set back */
    expect_refused(scene, ERROR_STORE_LOCKED, "nobody answers");
}

static void the_cached_key_is_gone_when_its_time_is_up(void **state)
{
    struct scene *scene = *state;
    struct secret *value = NULL;

    scene->passphrase.source.cache = 1;
    type_the_passphrase(scene);
    scene->settings.quiet = true;
    for (int i = 0;; i++) { /* looking keeps it, so look rarely */
        usleep(1200000);
        open_again(scene, true);
        if (!scene->store->load(scene->store, &usual, &value, NULL))
            break;
        secret_free(&value);
        assert_true(i < 10);
    }
}

static void a_cache_of_zero_keeps_and_uses_nothing(void **state)
{
    struct scene *scene = *state;

    type_the_passphrase(scene);
    scene->passphrase.source.cache = 0;
    expect_refused(scene, ERROR_STORE_LOCKED, "nobody answers");
    scene->passphrase.answers[2] = "correct horse";
    expect_loaded(scene, VALUE);
    scene->passphrase.source.cache = 900;
    assert_true(scene->store->remove(scene->store, &usual, NULL));
    assert_false(kernel_key_read(strrchr(scene->path, '/') + 1, &(struct secret *){NULL}, NULL));
}

/* A key that was used 2^32 - 1 times makes way for one with another salt. */
static void a_spent_key_is_replaced(void **state)
{
    struct scene *scene = *state;
    _cleanup_buffer_ struct buffer bytes = BUFFER(4096), spent = BUFFER(4096);
    _cleanup_secret_ struct secret *passphrase = secret_from_text("correct horse"), *key = NULL,
                                   *plain = secret_from_text(VALUE);
    struct seal_header before, after;
    struct error err;
    size_t start;

    save_first(scene, true);
    read_all(scene->path, &bytes);
    start = (size_t)((char *)memchr(bytes.data, '\n', bytes.length) - bytes.data) + 1;
    key = seal_key_derive(&bytes, start, passphrase, &err);
    assert_non_null(key);
    memcpy(bytes.data + start + 44, "\xff\xff\xff\xfe", 4);
    fake_correct_checksum(bytes.data + start);
    assert_true(buffer_append(&spent, bytes.data, start, &err));
    assert_true(seal_append(&scene->system.system, key, &bytes, start, plain, &spent, &err));
    write_all(scene->path, &spent, spent.length);
    expect_loaded(scene, VALUE);
    assert_true(save(scene, "next", &err));
    expect_loaded(scene, "next");
    buffer_clear(&bytes);
    read_all(scene->path, &bytes);
    assert_true(seal_parse_header(spent.data + start, spent.length - start, &before, &err));
    assert_true(seal_parse_header(bytes.data + start, bytes.length - start, &after, &err));
    assert_int_equal(before.writes, UINT32_MAX);
    assert_int_equal(after.writes, 1);
    assert_memory_not_equal(before.salt, after.salt, sizeof(after.salt));
}

/* ---- kills ---- */

static void write_for_ever(struct scene *scene)
{
    char text[2048];

    for (int i = 0;; i = (i + 1) % 10) {
        memset(text, '0' + i, sizeof(text) - 1);
        text[sizeof(text) - 1] = '\0';
        if (!save(scene, text, NULL))
            _exit(1);
    }
}

/* All of one value; what the killed writer left is gone with the next look. */
static void expect_whole(struct scene *scene)
{
    _cleanup_secret_ struct secret *value = NULL;
    struct error err;
    char *last = NULL;

    if (!scene->store->load(scene->store, &usual, &value, &err))
        fail_msg("%s", err.message);
    assert_int_equal(secret_length(value), 2047);
    for (size_t i = 1; i < 2047; i++)
        assert_int_equal(secret_text(value)[i], secret_text(value)[0]);
    assert_int_equal(count_files(scene, &last), 1);
    free(last);
}

static void expect_to_survive_kills(struct scene *scene, bool sealed, int kills)
{
    char text[2048] = "";

    save_first(scene, sealed);
    memset(text, 'x', sizeof(text) - 1);
    assert_true(save(scene, text, NULL));
    for (int i = 0; i < kills; i++) {
        pid_t child = fork();

        if (child == 0)
            write_for_ever(scene);
        usleep((useconds_t)(i * 137 % 5000));
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &(int){0}, 0), child);
        expect_whole(scene);
    }
}

static void a_writer_killed_a_hundred_times_leaves_a_whole_file(void **state)
{
    expect_to_survive_kills(*state, true, 100);
}

static void a_killed_plaintext_writer_leaves_a_whole_file(void **state)
{
    expect_to_survive_kills(*state, false, 20);
}

static void ignore_key(void *data, const struct store_key *key)
{
    (void)data;
    (void)key;
}

/* Of a first sign-in, whose session no profile names, so that nothing loads it. */
static void an_unfinished_first_file_is_gone_once_sessions_were_listed(void **state)
{
    struct scene *scene = *state;
    _cleanup_buffer_ struct buffer bytes = BUFFER(100000);
    _cleanup_free_ char *unfinished = NULL, *last = NULL;
    struct error err;

    save_first(scene, false);
    read_all(scene->path, &bytes);
    unfinished = memory_format("%s" FILE_UNFINISHED, scene->path);
    assert_int_equal(rename(scene->path, unfinished), 0);
    assert_true(scene->store->list(scene->store, ignore_key, NULL, &err));
    assert_int_equal(count_files(scene, &last), 0);
    write_all(scene->path, &bytes, bytes.length);
    assert_true(scene->store->list(scene->store, ignore_key, NULL, &err));
    assert_int_equal(count_files(scene, &last), 1);
    expect_loaded(scene, VALUE);
}

/* A reader never sees half of what two writers write. */
static void two_writers_and_a_reader_get_along(void **state)
{
    struct scene *scene = *state;
    char text[2048] = "";
    pid_t writers[2];

    save_first(scene, true);
    memset(text, 'x', sizeof(text) - 1);
    assert_true(save(scene, text, NULL));
    for (int i = 0; i < 2; i++) {
        writers[i] = fork();
        if (writers[i] == 0)
            write_for_ever(scene);
    }
    for (int i = 0; i < 300; i++) {
        _cleanup_secret_ struct secret *value = NULL;

        assert_true(scene->store->load(scene->store, &usual, &value, NULL));
        assert_int_equal(secret_length(value), 2047);
        assert_int_equal(secret_text(value)[0], secret_text(value)[2046]);
    }
    for (int i = 0; i < 2; i++) {
        int status;

        assert_int_equal(waitpid(writers[i], &status, WNOHANG), 0); /* neither has failed */
        kill(writers[i], SIGKILL);
        waitpid(writers[i], &status, 0);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_scene, release_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_file_is_for_the_user_alone_and_shows_nothing),
        TEST(links_pipes_and_files_that_others_can_write_are_refused),
        TEST(a_file_cut_at_any_length_is_damaged_and_stays),
        TEST(a_plaintext_file_cut_at_any_length_is_damaged_and_stays),
        TEST(a_bit_changed_anywhere_is_damage),
        TEST(another_session_s_file_is_not_taken_for_this_one_s),
        TEST(a_wrong_passphrase_is_named_and_changes_nothing),
        TEST(a_typed_passphrase_may_be_wrong_twice),
        TEST(nobody_is_asked_quietly_or_without_an_answer),
        TEST(preparing_asks_for_a_new_passphrase_once),
        TEST(a_folder_that_cannot_be_written_is_found_by_preparing),
        TEST(a_typed_passphrase_is_not_asked_for_again),
        TEST(using_the_cached_key_keeps_it_two_hours_at_most),
        TEST(the_cached_key_is_gone_when_its_time_is_up),
        TEST(a_cache_of_zero_keeps_and_uses_nothing),
        TEST(a_spent_key_is_replaced),
        TEST(a_writer_killed_a_hundred_times_leaves_a_whole_file),
        TEST(a_killed_plaintext_writer_leaves_a_whole_file),
        TEST(an_unfinished_first_file_is_gone_once_sessions_were_listed),
        TEST(two_writers_and_a_reader_get_along),
    };

    return cmocka_run_group_tests_name("store_file", tests, NULL, NULL);
}
