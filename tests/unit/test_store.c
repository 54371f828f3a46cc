/*
 * The contract that every store must pass. The keyring's turn comes under scripts/with-keyring, where
 * LOGTO_TEST_KEYRING says that the Secret Service at hand isn't the user's own.
 */
#include "fake.h"
#include "fake_passphrase.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct store_key usual = {"work", "https://a.example/oidc", "app1"};

static struct store *store;    /* the one under test */
static const char *store_name; /* by which another process opens it too */

static void save(const struct store_key *key, const char *text)
{
    _cleanup_secret_ struct secret *value = secret_from_text(text);
    struct error err;

    if (!store->save(store, key, value, &err))
        fail_msg("%s", err.message);
}

static struct secret *load(const struct store_key *key)
{
    struct secret *value = NULL;
    struct error err;

    if (!store->load(store, key, &value, &err))
        fail_msg("%s", err.message);
    return value;
}

static void forget(const struct store_key *key)
{
    struct error err;

    if (!store->remove(store, key, &err))
        fail_msg("%s", err.message);
}

static void assert_holds(const struct store_key *key, const char *text)
{
    _cleanup_secret_ struct secret *value = load(key);

    if (!text) {
        assert_null(value);
        return;
    }
    assert_non_null(value);
    assert_int_equal(secret_length(value), strlen(text));
    assert_string_equal(secret_text(value), text);
}

static int open_memory(void **state)
{
    (void)state;
    store = store_memory_open(NULL);
    return 0;
}

static int open_keyring(void **state)
{
    (void)state;
    store = store_keyring_open(&(struct store_settings){.timeout = 10000});
    store_name = "keyring";
    return 0;
}

static char data_folder[] = "/tmp/logto-test-store-XXXXXX";
static struct fake_passphrase passphrase = {.given = "correct horse"};

static int make_data_folder(void **state)
{
    (void)state;
    return mkdtemp(data_folder) ? setenv("XDG_DATA_HOME", data_folder, 1) : -1;
}

static int remove_data_folder(void **state)
{
    _cleanup_free_ char *command = memory_format("rm -rf '%s'", data_folder);

    (void)state;
    return system(command); /* NOLINT: a test, and a path of our own */
}

static int open_file(void **state)
{
    struct store_settings settings = fake_settings(&passphrase, system_real());

    (void)state;
    store = store_file_open(&settings);
    store_name = "file";
    return 0;
}

static int open_plaintext(void **state)
{
    struct store_settings settings = fake_settings(&passphrase, system_real());

    (void)state;
    store = store_plaintext_open(&settings);
    store_name = "plaintext";
    return 0;
}

static int close_store(void **state)
{
    (void)state;
    forget(&usual);
    store->close(store);
    return 0;
}

static void an_absent_secret_is_null_and_no_failure(void **state)
{
    struct secret *before = secret_from_text("to be overwritten");
    struct secret *value = before;
    struct error err;

    (void)state;
    assert_true(store->load(store, &usual, &value, &err));
    assert_null(value);
    secret_free(&before);
}

static void what_was_saved_is_loaded(void **state)
{
    (void)state;
    save(&usual, "one");
    assert_holds(&usual, "one");
    assert_holds(&usual, "one");
}

static void saving_again_replaces_the_whole(void **state)
{
    (void)state;
    save(&usual, "a long first value");
    save(&usual, "short");
    assert_holds(&usual, "short");
    forget(&usual);
    assert_holds(&usual, NULL); /* no earlier one shows up from behind */
}

static void keys_that_differ_in_one_part_never_mix(void **state)
{
    static const struct store_key others[] = {
        {"home", "https://a.example/oidc", "app1"}, {"work", "https://b.example/oidc", "app1"},
        {"work", "https://a.example/oidc", "app2"}, {"Work", "https://a.example/oidc", "app1"},
        {"work", "https://a.example/oidc", "app"},
    };
    char text[] = "other 0";

    (void)state;
    save(&usual, "usual");
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        assert_holds(&others[i], NULL);
        text[6] = (char)('0' + i);
        save(&others[i], text);
    }
    assert_holds(&usual, "usual");
    forget(&usual);
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        text[6] = (char)('0' + i);
        assert_holds(&others[i], text);
        forget(&others[i]);
        assert_holds(&others[i], NULL);
    }
}

static void removing_what_is_absent_is_fine(void **state)
{
    (void)state;
    forget(&usual);
    save(&usual, "one");
    forget(&usual);
    forget(&usual);
    assert_holds(&usual, NULL);
}

static void a_removed_secret_can_be_saved_again(void **state)
{
    (void)state;
    save(&usual, "one");
    forget(&usual);
    assert_holds(&usual, NULL);
    save(&usual, "two");
    assert_holds(&usual, "two");
}

static void a_large_secret_stays_whole(void **state)
{
    size_t length = (size_t)200 * 1024;
    char *text = malloc(length + 1);

    (void)state;
    for (size_t i = 0; i < length; i++)
        text[i] = (char)('!' + i % 90);
    text[length] = '\0';
    save(&usual, text);
    assert_holds(&usual, text);
    free(text);
}

static void text_of_all_kinds_comes_back_as_it_was(void **state)
{
    static const char *const texts[] = {"Zoë 日本語 🔑",
                                        "line one\nline two\r\n\ttabbed\n",
                                        "{\"quote\":\"\\\"\"}",
                                        " spaces at both ends ",
                                        "'; DROP TABLE items --",
                                        "%s%n\\x00",
                                        "{TITLE} {USERNAME} {S:profile} {PASSWORD}"};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        save(&usual, texts[i]);
        assert_holds(&usual, texts[i]);
    }
}

static void names_of_all_kinds_are_told_apart(void **state)
{
    static const struct store_key keys[] = {{"größe", "https://ä.example/oidc", "日本"},
                                            {"a b'c\"d", "https://a.example/oidc?x=1&y=2", "{}"},
                                            {"a b'c\"d", "https://a.example/oidc?x=1&y=2", "[]"},
                                            {"", "\t\n\r\x01\x7f", "\\ \u00a0\u202e\U0001f511"}};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
        save(&keys[i], keys[i].app_id);
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        assert_holds(&keys[i], keys[i].app_id);
        forget(&keys[i]);
        assert_holds(&keys[i], NULL);
    }
}

static void a_copy_is_handed_out(void **state)
{
    struct secret *value;

    (void)state;
    save(&usual, "one");
    value = load(&usual);
    save(&usual, "two");
    assert_string_equal(secret_text(value), "one");
    secret_free(&value);
    assert_holds(&usual, "two");
}

/* What list() found, as "profile issuer app_id". */
static void note_key(void *data, const struct store_key *key)
{
    _cleanup_free_ char *text = memory_format("%s %s %s", key->profile, key->issuer, key->app_id);

    list_append(data, text);
}

static void assert_lists(const char *expected)
{
    _cleanup_list_ struct list found = LIST_EMPTY;
    _cleanup_free_ char *joined = NULL;
    struct error err;

    if (!store->list(store, note_key, &found, &err))
        fail_msg("%s", err.message);
    list_sort(&found);
    joined = list_join(&found, ", ");
    assert_string_equal(joined, expected);
}

static void every_item_is_listed_once(void **state)
{
    static const struct store_key other = {"home", "https://b.example/oidc", "app2"};

    (void)state;
    assert_lists("");
    save(&usual, "one");
    save(&other, "two");
    save(&usual, "three");
    assert_lists("home https://b.example/oidc app2, work https://a.example/oidc app1");
    forget(&other);
    assert_lists("work https://a.example/oidc app1");
    forget(&usual);
    assert_lists("");
}

static void preparing_changes_nothing_that_is_stored(void **state)
{
    struct error err;

    (void)state;
    assert_true(store->prepare(store, &usual, &err));
    assert_holds(&usual, NULL);
    assert_lists("");
    save(&usual, "one");
    assert_true(store->prepare(store, &usual, &err));
    assert_holds(&usual, "one");
    save(&usual, "two");
    assert_holds(&usual, "two");
}

/* ---- what other processes do ---- */

#define ROUNDS 25
#define LARGE ((size_t)200 * 1024)

/* Runs this program again as act() understands it. */
static pid_t start_process(const char *action, const char *text)
{
    char program[4096] = ""; /* its name, since valgrind is what /proc/self/exe starts */
    pid_t child;

    assert_true(readlink("/proc/self/exe", program, sizeof(program) - 1) > 0);
    child = fork();
    if (child != 0)
        return child;
    execl(program, "test_store", store_name, action, text, NULL);
    _exit(127);
}

static void assert_succeeds(pid_t child)
{
    int status = -1;

    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* A value of one character again and again, which shows if it was mixed with another. */
static struct secret *make_uniform(char character, size_t length)
{
    char *text = memory_allocate(length, 1);
    struct secret *value;

    memset(text, character, length);
    value = secret_new(text, length);
    free(text);
    return value;
}

static bool is_uniform(const struct secret *value)
{
    const char *text = secret_text(value);

    return secret_length(value) > 0 && strspn(text, (char[]){text[0], '\0'}) == secret_length(value);
}

/* Saves values of one length, and looks whether what it finds in between is whole. */
static bool save_again_and_again(char character, struct error *err)
{
    _cleanup_secret_ struct secret *value = make_uniform(character, 2000 + (size_t)character);

    for (int i = 0; i < ROUNDS; i++) {
        _cleanup_secret_ struct secret *found = NULL;

        if (!store->save(store, &usual, value, err) || !store->load(store, &usual, &found, err))
            return false;
        if (!found || !is_uniform(found) ||
            secret_length(found) != 2000 + (size_t)(unsigned char)secret_text(found)[0])
            return error_set(err, ERROR_INTERNAL, "found %s", found ? secret_text(found) : "nothing");
    }
    return true;
}

static bool save_once(const char *text, struct error *err)
{
    _cleanup_secret_ struct secret *value = secret_from_text(text);

    return store->save(store, &usual, value, err);
}

static bool save_large(char character, struct error *err)
{
    _cleanup_secret_ struct secret *value = make_uniform(character, LARGE);

    return store->save(store, &usual, value, err);
}

/* The other process; the exit status says whether all went well. */
static int act(const char *name, const char *action, const char *text)
{
    struct error err = {.message = "unknown action"};
    bool ok = false;

    (strcmp(name, "file") == 0        ? open_file
     : strcmp(name, "plaintext") == 0 ? open_plaintext
                                      : open_keyring)(NULL);
    if (strcmp(action, "again-and-again") == 0)
        ok = save_again_and_again(text[0], &err);
    else if (strcmp(action, "save") == 0)
        ok = save_once(text, &err);
    else if (strcmp(action, "save-large") == 0)
        ok = save_large(text[0], &err);
    else if (strcmp(action, "remove") == 0)
        ok = store->remove(store, &usual, &err);
    store->close(store);
    if (!ok)
        fprintf(stderr, "%s: %s\n", action, err.message);
    return ok ? 0 : 1;
}

static void another_process_replaces_what_this_one_saved(void **state)
{
    (void)state;
    save(&usual, "one");
    assert_succeeds(start_process("save", "two"));
    assert_holds(&usual, "two");
    assert_lists("work https://a.example/oidc app1");
    save(&usual, "three");
    assert_holds(&usual, "three");
    assert_succeeds(start_process("remove", ""));
    assert_holds(&usual, NULL);
    assert_succeeds(start_process("save", "four"));
    save(&usual, "five");
    assert_holds(&usual, "five");
}

static void another_process_saves_a_large_secret(void **state)
{
    _cleanup_secret_ struct secret *value = NULL;

    (void)state;
    save(&usual, "one");
    assert_succeeds(start_process("save-large", "x"));
    value = load(&usual);
    assert_int_equal(secret_length(value), LARGE);
    assert_true(is_uniform(value));
}

/* With an item to begin with: who makes it holds the session's lock. */
static void two_processes_at_once_never_mix_their_values(void **state)
{
    _cleanup_secret_ struct secret *value = NULL;
    pid_t first, second;

    (void)state;
    save(&usual, "one");
    first = start_process("again-and-again", "a");
    second = start_process("again-and-again", "b");
    assert_succeeds(first);
    assert_succeeds(second);
    value = load(&usual);
    assert_true(is_uniform(value));
    assert_lists("work https://a.example/oidc app1");
}

/* For a command that only reads, everything is read once: what changes later does not show. */
static void all_can_be_read_together(void **state)
{
    static const struct store_key other = {"home", "https://b.example/oidc", "app2"};
    static const struct store_key absent = {"away", "https://b.example/oidc", "app2"};
    struct store *writer = store;
    struct store *reader = store_keyring_open(&(struct store_settings){.timeout = 10000, .reads_all = true});

    (void)state;
    save(&usual, "one");
    save(&other, "two");
    store = reader;
    assert_holds(&other, "two");
    store = writer;
    forget(&usual);
    forget(&other);
    store = reader;
    assert_holds(&usual, "one");
    assert_holds(&absent, NULL);
    assert_lists("home https://b.example/oidc app2, work https://a.example/oidc app1");
    reader->close(reader);
    store = writer;
}

static void what_is_no_text_names_no_item_of_a_keyring(void **state)
{
    static const struct store_key key = {"work", "https://a.example/oidc", "app\xff"};
    struct secret *value = NULL;
    struct error err;

    (void)state;
    assert_false(store->load(store, &key, &value, &err));
    assert_int_equal(err.code, ERROR_CONFIG);
    assert_null(value);
}

static void two_doors_lead_to_the_same_keyring(void **state)
{
    struct store *first = store;

    (void)state;
    save(&usual, "one");
    store = store_keyring_open(&(struct store_settings){.timeout = 10000});
    assert_holds(&usual, "one");
    save(&usual, "two");
    store->close(store);
    store = first;
    assert_holds(&usual, "two");
}

/* What each call says when there is no bus; 0 when all is as it should be. */
static int ask_without_a_bus(void)
{
    struct store *keyring = store_keyring_open(&(struct store_settings){.timeout = 2000});
    _cleanup_secret_ struct secret *value = secret_from_text("x");
    struct secret *loaded = NULL;
    struct error errors[3] = {{.message = ""}};
    int wrong = 0;

    setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all", 1);
    wrong += keyring->load(keyring, &usual, &loaded, &errors[0]) || loaded;
    wrong += keyring->save(keyring, &usual, value, &errors[1]);
    wrong += keyring->remove(keyring, &usual, &errors[2]);
    for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
        wrong += errors[i].code != ERROR_STORE_UNAVAILABLE || !strstr(errors[i].message, "D-Bus") ||
                 !errors[i].hint[0];
    keyring->close(keyring);
    return wrong;
}

/* In a process of its own: GLib keeps the bus that it was once connected to. */
static void without_a_bus_the_keyring_is_unavailable_and_says_so(void **state)
{
    pid_t child = fork();
    int status = -1;

    (void)state;
    if (child == 0)
        _exit(ask_without_a_bus());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void stores_are_found_by_name_and_opened_once(void **state)
{
    static const struct store_kind table[] = {{"memory", "kept in memory", store_memory_open, NULL},
                                              {NULL, NULL, NULL, NULL}};
    static const struct store_settings settings = {.timeout = 1000};
    struct stores *stores = stores_new(table, &settings);
    struct store *first = stores_get(stores, "memory", NULL);
    struct error err;

    (void)state;
    assert_non_null(first);
    assert_ptr_equal(stores_get(stores, "memory", NULL), first);
    assert_null(stores_get(stores, "cellar", &err));
    assert_error(&err, ERROR_CONFIG, "unknown store 'cellar' (available: memory)");
    stores_free(&stores);
    assert_null(stores);
    stores_free(&stores);
}

static void the_list_of_names_is_that_of_the_table(void **state)
{
    _cleanup_list_ struct list names = LIST_EMPTY;
    _cleanup_free_ char *joined = NULL;

    (void)state;
    for (const struct store_kind *kind = store_kinds; kind->name; kind++)
        list_append(&names, kind->name);
    joined = list_join(&names, "|");
    assert_string_equal(joined, STORE_NAMES);
}

#define CONTRACT(open)                                                                                       \
    cmocka_unit_test_setup_teardown(an_absent_secret_is_null_and_no_failure, open, close_store),             \
        cmocka_unit_test_setup_teardown(what_was_saved_is_loaded, open, close_store),                        \
        cmocka_unit_test_setup_teardown(saving_again_replaces_the_whole, open, close_store),                 \
        cmocka_unit_test_setup_teardown(keys_that_differ_in_one_part_never_mix, open, close_store),          \
        cmocka_unit_test_setup_teardown(removing_what_is_absent_is_fine, open, close_store),                 \
        cmocka_unit_test_setup_teardown(a_removed_secret_can_be_saved_again, open, close_store),             \
        cmocka_unit_test_setup_teardown(a_large_secret_stays_whole, open, close_store),                      \
        cmocka_unit_test_setup_teardown(text_of_all_kinds_comes_back_as_it_was, open, close_store),          \
        cmocka_unit_test_setup_teardown(names_of_all_kinds_are_told_apart, open, close_store),               \
        cmocka_unit_test_setup_teardown(a_copy_is_handed_out, open, close_store),                            \
        cmocka_unit_test_setup_teardown(every_item_is_listed_once, open, close_store),                       \
        cmocka_unit_test_setup_teardown(preparing_changes_nothing_that_is_stored, open, close_store)

/* Of those that outlive the process. */
#define SHARED_CONTRACT(open)                                                                                \
    cmocka_unit_test_setup_teardown(another_process_replaces_what_this_one_saved, open, close_store),        \
        cmocka_unit_test_setup_teardown(another_process_saves_a_large_secret, open, close_store),            \
        cmocka_unit_test_setup_teardown(two_processes_at_once_never_mix_their_values, open, close_store)

int main(int argc, char **argv)
{
    const struct CMUnitTest memory[] = {
        CONTRACT(open_memory), cmocka_unit_test(stores_are_found_by_name_and_opened_once),
        cmocka_unit_test(the_list_of_names_is_that_of_the_table),
        cmocka_unit_test(without_a_bus_the_keyring_is_unavailable_and_says_so)};
    const struct CMUnitTest keyring[] = {
        CONTRACT(open_keyring),
        cmocka_unit_test_setup_teardown(all_can_be_read_together, open_keyring, close_store),
        SHARED_CONTRACT(open_keyring),
        cmocka_unit_test_setup_teardown(what_is_no_text_names_no_item_of_a_keyring, open_keyring,
                                        close_store),
        cmocka_unit_test_setup_teardown(two_doors_lead_to_the_same_keyring, open_keyring, close_store)};
    const struct CMUnitTest file[] = {CONTRACT(open_file), SHARED_CONTRACT(open_file)};
    const struct CMUnitTest plaintext[] = {CONTRACT(open_plaintext), SHARED_CONTRACT(open_plaintext)};
    int failed;

    if (argc == 4)
        return act(argv[1], argv[2], argv[3]);
    failed = cmocka_run_group_tests_name("store: memory", memory, NULL, NULL) +
             cmocka_run_group_tests_name("store: file", file, make_data_folder, remove_data_folder);
    strcpy(data_folder + strlen(data_folder) - 6, "XXXXXX"); /* NOLINT: as long as what it replaces */
    failed += cmocka_run_group_tests_name("store: plaintext", plaintext, make_data_folder,
                                          remove_data_folder);

    if (getenv("LOGTO_TEST_KEYRING"))
        failed += cmocka_run_group_tests_name("store: keyring", keyring, NULL, NULL);
    return failed;
}
