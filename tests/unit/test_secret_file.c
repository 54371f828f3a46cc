#include "unit.h"

#include "base/secret_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[32];

static int make_scene(void **state)
{
    (void)state;
    snprintf(path, sizeof(path), "/tmp/logto-test-secret-XXXXXX");
    close(mkstemp(path));
    return 0;
}

static int release_scene(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_file(const void *bytes, size_t length)
{
    FILE *file = fopen(path, "w");

    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static void expect_failure(const char *name, const char *why)
{
    struct error err;

    assert_null(secret_file_read(name, &err));
    assert_error(&err, ERROR_USAGE, why);
    assert_non_null(strstr(err.message, name));
    assert_null(secret_file_read_line(name, &err));
    assert_error(&err, ERROR_USAGE, why);
    assert_null(strstr(err.message, "planted"));
    assert_null(secret_file_read(name, NULL));
}

static void the_bytes_lose_one_newline_and_a_line_all_its_ends(void **state)
{
    static const struct {
        const char *content, *bytes, *line;
    } cases[] = {{"planted", "planted", "planted"},
                 {"planted\n", "planted", "planted"},
                 {" two  words\n\n", " two  words\n", " two  words"},
                 {"planted\r\n", "planted\r", "planted"}};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_secret_ struct secret *bytes = NULL, *line = NULL;

        write_file(cases[i].content, strlen(cases[i].content));
        bytes = secret_file_read(path, NULL);
        line = secret_file_read_line(path, NULL);
        assert_string_equal(secret_text(bytes), cases[i].bytes);
        assert_string_equal(secret_text(line), cases[i].line);
    }
}

static void what_holds_no_secret_is_named(void **state)
{
    static char large[SECRET_FILE_MAXIMUM + 1] = "planted";

    (void)state;
    expect_failure("/nowhere/secret", "does not exist");
    expect_failure("/tmp", "/tmp");
    expect_failure(path, "is empty");
    write_file("\n", 1);
    expect_failure(path, "is empty");
    write_file(large, sizeof(large));
    expect_failure(path, "4096");
}

static void the_largest_is_read_whole(void **state)
{
    char large[SECRET_FILE_MAXIMUM];
    _cleanup_secret_ struct secret *secret = NULL;

    (void)state;
    memset(large, 'x', sizeof(large));
    write_file(large, sizeof(large));
    secret = secret_file_read(path, NULL);
    assert_int_equal(secret_length(secret), SECRET_FILE_MAXIMUM);
}

static void a_pipe_is_read_to_its_end(void **state)
{
    _cleanup_secret_ struct secret *secret = NULL;
    char name[32];
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "planted\n", 8), 8);
    close(ends[1]);
    snprintf(name, sizeof(name), "/dev/fd/%d", ends[0]);
    secret = secret_file_read_line(name, NULL);
    close(ends[0]);
    assert_string_equal(secret_text(secret), "planted");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scene, release_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_bytes_lose_one_newline_and_a_line_all_its_ends),
        TEST(what_holds_no_secret_is_named),
        TEST(the_largest_is_read_whole),
        TEST(a_pipe_is_read_to_its_end),
    };

    return cmocka_run_group_tests_name("secret_file", tests, NULL, NULL);
}
