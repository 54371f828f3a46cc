#include "unit.h"

#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
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
    assert_true(file_write(in_folder("a/b/file"), "one\0two", 7, 0600, &err));
    assert_true(file_read(in_folder("a/b/file"), &content, &exists, &err));
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
    assert_true(file_write(in_folder("c/file"), "old", 3, 0600, &err));
    assert_true(file_write(in_folder("c/file"), "new", 3, 0600, &err));
    assert_true(file_read(in_folder("c/file"), &content, &exists, &err));
    assert_string_equal(buffer_text(&content), "new");
    /* A folder of that name can't be replaced; the temporary file must not stay behind. */
    assert_int_equal(mkdir(in_folder("c/folder"), 0700), 0);
    assert_false(file_write(in_folder("c/folder"), "x", 1, 0600, &err));
    assert_error(&err, ERROR_IO, "cannot write");
    assert_int_equal(count_files(in_folder("c")), 2);
}

static void tells_missing_from_unreadable(void **state)
{
    _cleanup_buffer_ struct buffer content = BUFFER(3);
    struct error err;
    bool exists = true;

    (void)state;
    assert_true(file_read(in_folder("nowhere"), &content, &exists, &err));
    assert_false(exists);
    assert_false(file_read(folder, &content, &exists, &err));
    assert_error(&err, ERROR_IO, folder);
    assert_true(file_write(in_folder("four"), "1234", 4, 0600, &err));
    assert_false(file_read(in_folder("four"), &content, &exists, &err));
    assert_error(&err, ERROR_PROTOCOL, "reading ");
    assert_false(file_write("/proc/none/file", "x", 1, 0600, &err));
    assert_int_equal(err.code, ERROR_IO);
}

static void removes(void **state)
{
    struct error err;

    (void)state;
    assert_true(file_write(in_folder("gone"), "1", 1, 0600, &err));
    assert_true(file_remove(in_folder("gone"), &err));
    assert_int_equal(access(in_folder("gone"), F_OK), -1);
    assert_true(file_remove(in_folder("gone"), &err));
    assert_false(file_remove(folder, &err));
    assert_int_equal(err.code, ERROR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_and_reads),
        cmocka_unit_test(replaces_whole_or_not_at_all),
        cmocka_unit_test(tells_missing_from_unreadable),
        cmocka_unit_test(removes),
        cmocka_unit_test(finds_places),
    };

    return cmocka_run_group_tests_name("file", tests, make_folder, remove_folder);
}
