#include "fake.h"

#include "base/file.h"
#include "session/config.h"

#include <sys/stat.h>

static char *path_of(const struct fake_world *world)
{
    return memory_format("%s/.config/logto/config.json", world->folder);
}

static void write_config(const struct fake_world *world, const char *text)
{
    _cleanup_free_ char *path = path_of(world);
    struct error err;

    assert_true(file_write(path, FILE_OWN, text, strlen(text), &err));
}

/* To be freed. */
static char *read_config(const struct fake_world *world)
{
    _cleanup_free_ char *path = path_of(world);
    _cleanup_buffer_ struct buffer text = BUFFER(65536);
    struct error err;
    bool exists;

    assert_true(file_read(path, FILE_OWN, &text, &exists, &err));
    return exists ? memory_duplicate(buffer_text(&text)) : NULL;
}

static void edit(struct fake_world *world, struct config *config)
{
    struct error err = {.message = ""};

    if (!config_edit(config, &world->system.system, &err))
        fail_msg("%s", err.message);
}

static void without_a_file_there_is_an_empty_config(void **state)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    _cleanup_list_ struct list names = LIST_EMPTY;
    struct error err;

    assert_true(config_load(&config, &err));
    assert_string_equal(config_default_profile(&config), "default");
    assert_null(config_profile(&config, "default"));
    config_profile_names(&config, &names);
    assert_int_equal(names.count, 0);
    assert_null(read_config(*state)); /* reading makes no file */
}

static void without_home_reading_works_and_editing_says_why_not(void **state)
{
    struct fake_world *world = *state;
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    struct error err;

    unsetenv("HOME");
    assert_true(config_load(&config, &err));
    assert_null(config_profile(&config, "default"));
    config_release(&config);
    assert_false(config_edit(&config, &world->system.system, &err));
    assert_error(&err, ERROR_CONFIG, "HOME");
    setenv("HOME", world->folder, 1);
}

static void what_was_saved_is_loaded(void **state)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY, again = CONFIG_EMPTY;
    _cleanup_list_ struct list names = LIST_EMPTY;
    _cleanup_free_ char *path = path_of(*state), *joined = NULL;
    struct stat status;
    struct error err;

    edit(*state, &config);
    json_set_string(config_ensure_profile(&config, "work"), "appId", "app1");
    json_set_string(config_ensure_profile(&config, "home"), "appId", "app2");
    assert_true(config_save(&config, &err));
    assert_int_equal(config.lock, -1);
    assert_true(config_load(&again, &err));
    assert_string_equal(json_string(config_profile(&again, "work"), "appId"), "app1");
    assert_string_equal(config_default_profile(&again), "work"); /* the first one */
    config_profile_names(&again, &names);
    assert_string_equal(joined = list_join(&names, " "), "work home");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void members_of_other_versions_survive(void **state)
{
    struct fake_world *world = *state;
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    _cleanup_free_ char *text = NULL;
    struct error err;

    write_config(world, "{\"future\":[1,{\"a\":null}],\"defaultProfile\":\"work\","
                        "\"profiles\":{\"work\":{\"appId\":\"a\",\"color\":\"blue\"}}}");
    edit(world, &config);
    json_set_string(config_ensure_profile(&config, "work"), "appId", "b");
    assert_true(config_save(&config, &err));
    text = read_config(world);
    assert_non_null(strstr(text, "\"future\""));
    assert_non_null(strstr(text, "\"color\": \"blue\""));
    assert_non_null(strstr(text, "\"appId\": \"b\""));
    assert_int_equal(text[strlen(text) - 1], '\n');
}

static void a_damaged_file_is_named_and_never_overwritten(void **state)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"{\n  \"profiles\": {\n    oops\n", "line 3"},
        {"", "invalid config file"},
        {"{\"a\":1,\n\"a\":2}", "duplicate member \"a\""},
        {"[]", "not a JSON object"},
        {"{\"profiles\":[]}", "\"profiles\" must be an object"},
        {"{\"profiles\":{\"work\":5}}", "the profile \"work\" must be an object"},
    };
    struct fake_world *world = *state;
    _cleanup_free_ char *path = path_of(world);

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct config config = CONFIG_EMPTY;
        struct error err = {.message = ""};
        _cleanup_free_ char *after = NULL;

        write_config(world, cases[i].text);
        assert_false(config_load(&config, &err));
        assert_error(&err, ERROR_CONFIG, cases[i].part);
        assert_error(&err, ERROR_CONFIG, path);
        assert_false(config_edit(&config, &world->system.system, &err));
        assert_error(&err, ERROR_CONFIG, cases[i].part);
        assert_int_equal(config.lock, -1);
        assert_null(config.document);
        assert_string_equal(after = read_config(world), cases[i].text);
    }
}

static void a_file_that_cannot_be_read_is_another_error(void **state)
{
    struct fake_world *world = *state;
    _cleanup_free_ char *path = path_of(world), *inside = memory_format("%s/x", path);
    struct config config = CONFIG_EMPTY;
    struct error err;

    assert_true(file_make_folder(inside, &err)); /* a folder in its place; root could read anything else */
    assert_false(config_load(&config, &err));
    assert_int_equal(err.code, ERROR_IO);
    assert_false(config_edit(&config, &world->system.system, &err));
    assert_int_equal(err.code, ERROR_IO);
}

static void editing_is_exclusive_until_saved_or_released(void **state)
{
    struct fake_world *world = *state;
    _cleanup_config_ struct config first = CONFIG_EMPTY, second = CONFIG_EMPTY;
    struct error err;

    edit(world, &first);
    world->system.step = 1000;
    assert_false(config_edit(&second, &world->system.system, &err));
    assert_error(&err, ERROR_IO, "config.lock");
    assert_true(config_load(&second, &err)); /* reading needs no lock */
    config_release(&second);
    assert_true(config_save(&first, &err));
    edit(world, &second);
    config_release(&second);
    edit(world, &second);
}

static void removing_the_default_profile_forgets_that_it_was_it(void **state)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;

    edit(*state, &config);
    config_ensure_profile(&config, "work");
    config_ensure_profile(&config, "home");
    config_remove_profile(&config, "home");
    assert_string_equal(config_default_profile(&config), "work");
    assert_null(config_profile(&config, "home"));
    config_remove_profile(&config, "work");
    assert_string_equal(config_default_profile(&config), "default");
    config_remove_profile(&config, "never was");
}

static void the_default_profile_can_be_chosen(void **state)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;

    edit(*state, &config);
    config_set_default_profile(&config, "home");
    assert_string_equal(config_default_profile(&config), "home");
    config_ensure_profile(&config, "work");
    assert_string_equal(config_default_profile(&config), "home");
    json_set_string(config.document, "defaultProfile", "");
    assert_string_equal(config_default_profile(&config), "default");
    json_set_integer(config.document, "defaultProfile", 5);
    assert_string_equal(config_default_profile(&config), "default");
}

static void a_failed_write_leaves_the_old_file(void **state)
{
    struct fake_world *world = *state;
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    _cleanup_free_ char *text = NULL;
    struct error err;

    write_config(world, "{\"defaultProfile\":\"work\"}");
    edit(world, &config);
    free(config.path);
    config.path = memory_duplicate("/dev/null/config.json");
    assert_false(config_save(&config, &err));
    assert_int_equal(err.code, ERROR_IO);
    assert_int_equal(config.lock, -1);
    assert_string_equal(text = read_config(world), "{\"defaultProfile\":\"work\"}");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fake_setup, fake_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(without_a_file_there_is_an_empty_config),
        TEST(without_home_reading_works_and_editing_says_why_not),
        TEST(what_was_saved_is_loaded),
        TEST(members_of_other_versions_survive),
        TEST(a_damaged_file_is_named_and_never_overwritten),
        TEST(a_file_that_cannot_be_read_is_another_error),
        TEST(editing_is_exclusive_until_saved_or_released),
        TEST(removing_the_default_profile_forgets_that_it_was_it),
        TEST(the_default_profile_can_be_chosen),
        TEST(a_failed_write_leaves_the_old_file),
    };

    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
