/* Files that take their name only when they are whole. */
#include "unit.h"

#include "base/buffer.h"
#include "base/draft.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int make_scene(void **state)
{
    char *folder = memory_duplicate("/tmp/logto-draft-XXXXXX");

    *state = folder;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int release_scene(void **state)
{
    _cleanup_free_ char *line = memory_format("rm -r %s", (char *)*state);
    int status = chdir("/") == 0 ? system(line) : -1; /* NOLINT: a folder of our own */

    free(*state);
    return status;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void expect_file(const char *path, const char *text)
{
    _cleanup_buffer_ struct buffer content = BUFFER(1000);
    bool exists = false;

    assert_true(file_read(path, FILE_NAMED, &content, &exists, NULL));
    assert_true(exists);
    assert_string_equal(buffer_text(&content), text);
}

static void expect_names(size_t count)
{
    DIR *folder = opendir(".");
    size_t found = 0;

    while (readdir(folder))
        found++;
    closedir(folder);
    assert_int_equal(found, count + 2);
}

static bool write_draft(const char *path, bool kept, struct error *err)
{
    _cleanup_draft_ struct draft draft = DRAFT_EMPTY;

    return draft_open(&draft, path, 0604, err) && draft_write(&draft, "new", 3, err) &&
           draft_write(&draft, " text", 5, err) && (!kept || draft_keep(&draft, err));
}

static mode_t mode_of(const char *path)
{
    struct stat status;

    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 07777;
}

static void a_new_file_gets_its_mode(void **state)
{
    (void)state;
    assert_true(write_draft("a", true, NULL));
    expect_file("a", "new text");
    assert_int_equal(mode_of("a"), 0604);
    expect_names(1);
}

static void a_file_keeps_its_mode(void **state)
{
    (void)state;
    write_file("a", "old");
    chmod("a", 0640);
    assert_true(write_draft("a", true, NULL));
    expect_file("a", "new text");
    assert_int_equal(mode_of("a"), 0640);
    expect_names(1);
}

static void what_is_not_kept_leaves_nothing(void **state)
{
    (void)state;
    assert_true(write_draft("b", false, NULL));
    expect_names(0);
    write_file("a", "old");
    assert_true(write_draft("a", false, NULL));
    expect_file("a", "old");
    expect_names(1);
}

static void a_link_stays_one(void **state)
{
    struct stat status;
    struct error err;

    (void)state;
    write_file("a", "old");
    assert_int_equal(symlink("a", "link"), 0);
    assert_true(write_draft("link", true, NULL));
    expect_file("a", "new text");
    assert_int_equal(lstat("link", &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(symlink("nowhere", "broken"), 0);
    assert_false(write_draft("broken", true, &err));
    assert_error(&err, ERROR_IO, "cannot write broken");
    expect_names(3);
}

static void what_is_no_file_is_written_itself(void **state)
{
    struct error err;

    (void)state;
    assert_true(write_draft("/dev/null", true, NULL));
    assert_true(write_draft("/dev/null", false, NULL));
    assert_false(write_draft("/dev/full", true, &err));
    assert_error(&err, ERROR_IO, "No space left");
    assert_false(write_draft(".", true, &err));
    assert_error(&err, ERROR_IO, "Is a directory");
    assert_false(write_draft("no/such/folder", true, &err));
    assert_error(&err, ERROR_IO, "No such file");
    expect_names(0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scene, release_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_file_gets_its_mode),          TEST(a_file_keeps_its_mode),
        TEST(what_is_not_kept_leaves_nothing),   TEST(a_link_stays_one),
        TEST(what_is_no_file_is_written_itself),
    };

    return cmocka_run_group_tests_name("draft", tests, NULL, NULL);
}
