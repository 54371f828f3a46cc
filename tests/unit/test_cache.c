#include "fake.h"

#include "base/file.h"
#include "oidc/cache.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char url[] = FAKE_KEYS;
static const char encoded_name[] = "https%3A%2F%2Ftenant.example%2Foidc.jwks.json";

#define ENTRY "\"issuer\":\"" FAKE_ISSUER "\",\"url\":\"" FAKE_KEYS "\""

static char *path_of(const struct fake_world *world)
{
    return memory_format("%s/.cache/logto/%s", world->folder, encoded_name);
}

static struct cache_entry entry_with(const char *word)
{
    struct cache_entry entry = {
        .document = json_object(), .etag = "\"e1\"", .fetched_at = 100, .expires_at = 200, .forced_at = 150};

    json_set_string(entry.document, "word", word);
    return entry;
}

static void write_entry(const char *issuer, const char *kind, const char *word)
{
    _cleanup_cache_entry_ struct cache_entry entry = entry_with(word);

    cache_write(issuer, kind, url, &entry);
}

/* The word of an entry, or NULL; to be freed. */
static char *read_word(const char *issuer, const char *kind)
{
    _cleanup_cache_entry_ struct cache_entry entry = {0};

    return cache_read(issuer, kind, url, &entry) ? memory_duplicate(json_string(entry.document, "word"))
                                                 : NULL;
}

static void an_entry_comes_back_as_it_was_written(void **state)
{
    _cleanup_cache_entry_ struct cache_entry entry = {0};
    _cleanup_free_ char *path = path_of(*state);
    struct stat status;

    assert_false(cache_read(FAKE_ISSUER, "jwks", url, &entry));
    write_entry(FAKE_ISSUER, "jwks", "one");
    assert_true(cache_read(FAKE_ISSUER, "jwks", url, &entry));
    assert_string_equal(json_string(entry.document, "word"), "one");
    assert_string_equal(entry.etag, "\"e1\"");
    assert_int_equal(entry.fetched_at, 100);
    assert_int_equal(entry.expires_at, 200);
    assert_int_equal(entry.forced_at, 150);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void issuers_and_kinds_are_kept_apart(void **state)
{
    _cleanup_free_ char *keys = NULL, *discovery = NULL, *other = NULL;

    (void)state;
    write_entry(FAKE_ISSUER, "jwks", "keys");
    write_entry(FAKE_ISSUER, "discovery", "discovery");
    write_entry(FAKE_ISSUER "/", "jwks", "other");
    assert_string_equal(keys = read_word(FAKE_ISSUER, "jwks"), "keys");
    assert_string_equal(discovery = read_word(FAKE_ISSUER, "discovery"), "discovery");
    assert_string_equal(other = read_word(FAKE_ISSUER "/", "jwks"), "other");
}

static void forgetting_removes_one_entry(void **state)
{
    _cleanup_free_ char *path = path_of(*state), *left = NULL;

    write_entry(FAKE_ISSUER, "jwks", "keys");
    write_entry(FAKE_ISSUER, "discovery", "discovery");
    cache_remove(FAKE_ISSUER, "jwks");
    cache_remove(FAKE_ISSUER, "jwks"); /* again is fine */
    assert_null(read_word(FAKE_ISSUER, "jwks"));
    assert_int_not_equal(access(path, F_OK), 0);
    assert_string_equal(left = read_word(FAKE_ISSUER, "discovery"), "discovery");
}

static void a_damaged_entry_counts_as_absent_and_is_thrown_away(void **state)
{
    static const char *const texts[] = {
        "",
        "{",
        "[]",
        "{" ENTRY ",\"fetched_at\":1,\"expires_at\":2}",
        "{" ENTRY ",\"fetched_at\":1,\"expires_at\":2,\"document\":[]}",
        "{" ENTRY ",\"expires_at\":2,\"document\":{}}",
        "{" ENTRY ",\"fetched_at\":\"1\",\"expires_at\":2,\"document\":{}}",
        "{\"fetched_at\":1,\"expires_at\":2,\"document\":{}}",
        /* about somebody else */
        "{\"issuer\":\"https://evil.example/oidc\",\"url\":\"" FAKE_KEYS
        "\",\"fetched_at\":1,\"expires_at\":2,\"document\":{}}",
        /* from another address, or from nobody knows where */
        "{\"issuer\":\"" FAKE_ISSUER
        "\",\"url\":\"https://evil.example/jwks\",\"fetched_at\":1,\"expires_at\":2,\"document\":{}}",
        "{\"issuer\":\"" FAKE_ISSUER "\",\"fetched_at\":1,\"expires_at\":2,\"document\":{}}",
    };
    _cleanup_free_ char *path = path_of(*state);
    struct error err;

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct cache_entry entry = {0};

        assert_true(file_write(path, FILE_OWN, texts[i], strlen(texts[i]), &err));
        assert_false(cache_read(FAKE_ISSUER, "jwks", url, &entry));
        assert_null(entry.document);
        assert_int_not_equal(access(path, F_OK), 0);
    }
}

static void a_long_etag_is_cut_not_overrun(void **state)
{
    _cleanup_free_ char *path = path_of(*state);
    _cleanup_cache_entry_ struct cache_entry entry = {0};
    char text[1024];
    struct error err;

    snprintf(text, sizeof(text),
             "{" ENTRY ",\"fetched_at\":1,\"expires_at\":2,\"document\":{},\"etag\":\"%0500d\"}", 0);
    assert_true(file_write(path, FILE_OWN, text, strlen(text), &err));
    assert_true(cache_read(FAKE_ISSUER, "jwks", url, &entry));
    assert_int_equal(strlen(entry.etag), sizeof(entry.etag) - 1);
}

static void an_issuer_too_long_for_a_file_name_is_not_cached(void **state)
{
    char issuer[400] = "https://tenant.example/";

    (void)state;
    memset(issuer + strlen(issuer), 'x', 300);
    write_entry(issuer, "jwks", "one");
    assert_null(read_word(issuer, "jwks"));
}

static void a_place_that_cannot_be_written_to_is_nobodys_error(void **state)
{
    struct fake_world *world = *state;

    write_entry(FAKE_ISSUER, "jwks", "one");
    setenv("XDG_CACHE_HOME", "/dev/null", 1);
    write_entry(FAKE_ISSUER, "jwks", "two");
    assert_null(read_word(FAKE_ISSUER, "jwks"));
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    write_entry(FAKE_ISSUER, "jwks", "three");
    assert_null(read_word(FAKE_ISSUER, "jwks"));
    cache_remove(FAKE_ISSUER, "jwks");
    setenv("HOME", world->folder, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_entry_comes_back_as_it_was_written),
        TEST(issuers_and_kinds_are_kept_apart),
        TEST(forgetting_removes_one_entry),
        TEST(a_damaged_entry_counts_as_absent_and_is_thrown_away),
        TEST(a_long_etag_is_cut_not_overrun),
        TEST(an_issuer_too_long_for_a_file_name_is_not_cached),
        TEST(a_place_that_cannot_be_written_to_is_nobodys_error),
    };

    return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
