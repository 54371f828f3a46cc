#include "unit.h"

#include "base/file.h"
#include "base/interrupt.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/logto-test-file-XXXXXX";

/* A path in the test's own folder; good until the next call. */
static const char *in_folder(const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[300];

    (void)state;
    snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return system(command); /* NOLINT: a test, and a path of our own */
}

static void finds_places(void **state)
{
    struct error err;
    char *path;

    (void)state;
    setenv("HOME", "/home/u", 1);
    setenv("XDG_CONFIG_HOME", "/elsewhere", 1);
    setenv("XDG_DATA_HOME", "relative", 1); /* to be ignored, says the specification */
    unsetenv("XDG_CACHE_HOME");
    assert_string_equal(path = file_path(FILE_CONFIG, "config.json", &err), "/elsewhere/logto/config.json");
    free(path);
    assert_string_equal(path = file_path(FILE_DATA, "x", &err), "/home/u/.local/share/logto/x");
    free(path);
    assert_string_equal(path = file_path(FILE_CACHE, "x", &err), "/home/u/.cache/logto/x");
    free(path);
    unsetenv("HOME");
    assert_null(file_path(FILE_DATA, "x", &err));
    assert_error(&err, ERROR_CONFIG, "XDG_DATA_HOME");
}

static void writes_and_reads(void **state)
{
    _cleanup_buffer_ struct buffer content = BUFFER(100);
    struct stat status;
    struct error err;
    bool exists = false;

    (void)state;
    assert_true(file_write(in_folder("a/b/file"), FILE_OWN, "one\0two", 7, &err));
    assert_true(file_read(in_folder("a/b/file"), FILE_OWN, &content, &exists, &err));
    assert_true(exists);
    assert_int_equal(content.length, 7);
    assert_memory_equal(content.data, "one\0two", 7);
    assert_int_equal(stat(in_folder("a/b/file"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(stat(in_folder("a/b"), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
}

static size_t count_files(const char *path)
{
    DIR *directory = opendir(path);
    size_t count = 0;

    assert_non_null(directory);
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory))
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

static void replaces_whole_or_not_at_all(void **state)
{
    _cleanup_buffer_ struct buffer content = BUFFER(100);
    struct error err;
    bool exists;

    (void)state;
    assert_true(file_write(in_folder("c/file"), FILE_OWN, "old", 3, &err));
    assert_true(file_write(in_folder("c/file"), FILE_OWN, "new", 3, &err));
    assert_true(file_read(in_folder("c/file"), FILE_OWN, &content, &exists, &err));
    assert_string_equal(buffer_text(&content), "new");
    /* A folder of that name can't be replaced; the temporary file must not stay behind. */
    assert_int_equal(mkdir(in_folder("c/folder"), 0700), 0);
    assert_false(file_write(in_folder("c/folder"), FILE_OWN, "x", 1, &err));
    assert_error(&err, ERROR_IO, "cannot write");
    assert_int_equal(count_files(in_folder("c")), 2);
}

static void tells_missing_from_unreadable(void **state)
{
    _cleanup_buffer_ struct buffer content = BUFFER(3);
    struct error err;
    bool exists = true;

    (void)state;
    assert_true(file_read(in_folder("nowhere"), FILE_OWN, &content, &exists, &err));
    assert_false(exists);
    assert_false(file_read(folder, FILE_OWN, &content, &exists, &err));
    assert_error(&err, ERROR_IO, folder);
    assert_true(file_write(in_folder("four"), FILE_OWN, "1234", 4, &err));
    assert_false(file_read(in_folder("four"), FILE_OWN, &content, &exists, &err));
    assert_error(&err, ERROR_PROTOCOL, "reading ");
    assert_false(file_write("/proc/none/file", FILE_OWN, "x", 1, &err));
    assert_int_equal(err.code, ERROR_IO);
}

static void removes(void **state)
{
    struct error err;

    (void)state;
    assert_true(file_write(in_folder("gone"), FILE_OWN, "1", 1, &err));
    assert_true(file_remove(in_folder("gone"), &err));
    assert_int_equal(access(in_folder("gone"), F_OK), -1);
    assert_true(file_remove(in_folder("gone"), &err));
    assert_false(file_remove(folder, &err));
    assert_int_equal(err.code, ERROR_IO);
}

static void expect_refusal(const char *name, enum file_trust trust, const char *why)
{
    _cleanup_buffer_ struct buffer content = BUFFER(100);
    struct error err;
    bool exists = false;

    assert_false(file_read(in_folder(name), trust, &content, &exists, &err));
    assert_error(&err, ERROR_IO, why);
    assert_int_equal(content.length, 0);
}

static void write_own(const char *name, const char *text)
{
    struct error err;

    if (!file_write(in_folder(name), FILE_OWN, text, strlen(text), &err))
        fail_msg("%s", err.message);
}

static void assert_content(const char *name, enum file_trust trust, const char *text)
{
    _cleanup_buffer_ struct buffer content = BUFFER(100);
    struct error err;
    bool exists = false;

    if (!file_read(in_folder(name), trust, &content, &exists, &err))
        fail_msg("%s", err.message);
    assert_true(exists);
    assert_string_equal(buffer_text(&content), text);
}

static void link_to(const char *target, const char *name)
{
    _cleanup_free_ char *path = memory_format("%s/%s", folder, target);

    assert_int_equal(symlink(path, in_folder(name)), 0);
}

static void an_own_file_is_no_link_no_pipe_and_writable_by_nobody_else(void **state)
{
    (void)state;
    write_own("own/file", "x");
    link_to("own/file", "own/link");
    expect_refusal("own/link", FILE_OWN, "is a symbolic link");
    assert_int_equal(mkfifo(in_folder("own/pipe"), 0600), 0);
    expect_refusal("own/pipe", FILE_OWN, "is not a regular file");
    assert_int_equal(chmod(in_folder("own/file"), 0620), 0);
    expect_refusal("own/file", FILE_OWN, "is writable by other users");
    assert_int_equal(chmod(in_folder("own/file"), 0644), 0);
    assert_content("own/file", FILE_OWN, "x");
}

static void an_own_file_s_folder_is_no_link_and_writable_by_nobody_else(void **state)
{
    struct error err;

    (void)state;
    write_own("shared/file", "x");
    link_to("shared", "alias");
    expect_refusal("alias/file", FILE_OWN, "symbolic link");
    assert_int_equal(chmod(in_folder("shared"), 0770), 0);
    expect_refusal("shared/file", FILE_OWN, "is writable by other users");
    assert_false(file_write(in_folder("shared/file"), FILE_OWN, "y", 1, &err));
    assert_error(&err, ERROR_IO, "is writable by other users");
    assert_int_equal(chmod(in_folder("shared"), 0755), 0);
    assert_content("shared/file", FILE_OWN, "x");
}

static void what_belongs_to_another_user_is_refused(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    write_own("foreign/file", "x");
    assert_int_equal(chown(in_folder("foreign/file"), 1234, 1234), 0);
    expect_refusal("foreign/file", FILE_OWN, "belongs to another user");
    expect_refusal("foreign/file", FILE_LINKED, "belongs to another user");
    assert_content("foreign/file", FILE_NAMED, "x");
    assert_int_equal(chown(in_folder("foreign/file"), 0, 0), 0);
    assert_int_equal(chown(in_folder("foreign"), 1234, 1234), 0);
    expect_refusal("foreign/file", FILE_OWN, "belongs to another user");
    assert_int_equal(chown(in_folder("foreign"), 0, 0), 0);
}

static void a_linked_file_is_read_and_replaced_where_it_is(void **state)
{
    struct stat status;
    struct error err;

    (void)state;
    write_own("dotfiles/config", "old");
    link_to("dotfiles/config", "linked");
    assert_content("linked", FILE_LINKED, "old");
    assert_true(file_write(in_folder("linked"), FILE_LINKED, "new", 3, &err));
    assert_content("dotfiles/config", FILE_OWN, "new");
    assert_int_equal(lstat(in_folder("linked"), &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(chmod(in_folder("dotfiles/config"), 0666), 0);
    expect_refusal("linked", FILE_LINKED, "is writable by other users");
    assert_false(file_write(in_folder("linked"), FILE_LINKED, "x", 1, &err));
    assert_error(&err, ERROR_IO, "is writable by other users");
    assert_true(file_remove(in_folder("dotfiles/config"), &err));
    assert_false(file_write(in_folder("linked"), FILE_LINKED, "x", 1, &err));
    assert_error(&err, ERROR_IO, "does not exist");
    assert_int_equal(mkfifo(in_folder("dotfiles/config"), 0600), 0);
    expect_refusal("linked", FILE_LINKED, "is not a regular file");
}

/* What a killed writer leaves is a file of that name which nobody has locked. */
static void an_unfinished_file_is_used_up(void **state)
{
    struct error err;

    (void)state;
    write_own("u/file", "old");
    write_own("u/file.new", "a much longer text that is left");
    write_own("u/file", "new");
    assert_content("u/file", FILE_OWN, "new");
    assert_int_equal(count_files(in_folder("u")), 1);
    write_own("u/file.new", "left");
    assert_content("u/file", FILE_NAMED, "new");
    assert_int_equal(count_files(in_folder("u")), 2);
    assert_content("u/file", FILE_OWN, "new");
    assert_int_equal(count_files(in_folder("u")), 1);
    write_own("u/file.new", "left");
    file_tidy(in_folder("u/file"));
    assert_int_equal(count_files(in_folder("u")), 1);
    write_own("u/file.new", "left");
    assert_content("u/file", FILE_LINKED, "new");
    assert_int_equal(count_files(in_folder("u")), 1);
    write_own("u/file.new", "left");
    assert_true(file_remove(in_folder("u/file"), &err));
    assert_int_equal(count_files(in_folder("u")), 0);
}

/* In a process of its own, because the limit can't be lifted again. Exit status 0 when all is as it should
 * be. */
static void write_more_than_allowed(const char *path)
{
    struct rlimit limit = {4096, 4096};
    char bytes[8192] = {0};
    struct error err = {.message = ""};
    bool written;

    interrupt_catch(NULL);
    setrlimit(RLIMIT_FSIZE, &limit);
    written = file_write(path, FILE_OWN, bytes, sizeof(bytes), &err);
    _exit(!written && err.code == ERROR_IO && strstr(err.message, strerror(EFBIG)) ? 0 : 1);
}

static void a_file_that_may_not_grow_leaves_the_old_one(void **state)
{
    const char *path = in_folder("limited"); /* the only one that is asked for here */
    _cleanup_buffer_ struct buffer kept = BUFFER(100);
    struct error err;
    size_t before;
    int status = -1;
    bool exists;
    pid_t child;

    (void)state;
    assert_true(file_write(path, FILE_OWN, "old", 3, &err));
    before = count_files(folder);
    child = fork();
    if (child == 0)
        write_more_than_allowed(path);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(count_files(folder), before);
    assert_true(file_read(path, FILE_OWN, &kept, &exists, &err));
    assert_string_equal(buffer_text(&kept), "old");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_own_file_is_no_link_no_pipe_and_writable_by_nobody_else),
        cmocka_unit_test(an_own_file_s_folder_is_no_link_and_writable_by_nobody_else),
        cmocka_unit_test(what_belongs_to_another_user_is_refused),
        cmocka_unit_test(a_linked_file_is_read_and_replaced_where_it_is),
        cmocka_unit_test(an_unfinished_file_is_used_up),
        cmocka_unit_test(writes_and_reads),
        cmocka_unit_test(replaces_whole_or_not_at_all),
        cmocka_unit_test(tells_missing_from_unreadable),
        cmocka_unit_test(removes),
        cmocka_unit_test(a_file_that_may_not_grow_leaves_the_old_one),
        cmocka_unit_test(finds_places),
    };

    return cmocka_run_group_tests_name("file", tests, make_folder, remove_folder);
}
