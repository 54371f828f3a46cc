/* Browsers are shell scripts here that write down how they were called. */
#include "net/browser.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/list.h"
#include "base/system.h"
#include "net/browser_command.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define URL "https://auth.example/oidc/auth?client_id=a&state=b%20c;$(id)`id`'\"*"

static char folder[] = "/tmp/logto-browser-XXXXXX";

static char *in_folder(const char *name)
{
    return memory_format("%s/%s", folder, name);
}

/* An executable in the folder, which is all of PATH but for /usr/bin:/bin. `body` may use $OUT, a file beside
 * it. */
static void write_program(const char *name, const char *body)
{
    _cleanup_free_ char *path = in_folder(name);
    _cleanup_free_ char *text = memory_format("#!/bin/sh\nOUT=%s/%s.out\n%s\n", folder, name, body);
    struct error err;

    assert_true(file_write(path, FILE_OWN, text, strlen(text), &err));
    assert_int_equal(chmod(path, 0700), 0);
}

/* What a program wrote, once it is there; to be freed. */
static char *output_of(const char *name)
{
    _cleanup_free_ char *path = memory_format("%s/%s.out", folder, name);
    struct buffer out = BUFFER(65536);
    int64_t deadline = system_real()->monotonic(system_real()) + 20000;
    struct error err;
    bool exists = false;
    char *text;

    do {
        assert_true(file_read(path, FILE_OWN, &out, &exists, &err));
    } while (!exists && system_real()->monotonic(system_real()) < deadline && usleep(1000) == 0);
    assert_true(exists);
    text = memory_duplicate(buffer_text(&out));
    buffer_release(&out);
    return text;
}

static bool has_output(const char *name)
{
    _cleanup_free_ char *path = memory_format("%s/%s.out", folder, name);

    return access(path, F_OK) == 0;
}

static int make_scene(void **state)
{
    _cleanup_free_ char *path = memory_format("%s:/usr/bin:/bin", folder);

    (void)state;
    setenv("PATH", path, 1);
    unsetenv("BROWSER");
    unsetenv("DISPLAY");
    unsetenv("WAYLAND_DISPLAY");
    unsetenv("WSL_DISTRO_NAME");
    return 0;
}

static int release_scene(void **state)
{
    _cleanup_free_ char *command = memory_format("/bin/rm -f %s/*", folder);

    (void)state;
    return system(command);
}

static bool open_url(const char *url, struct error *err)
{
    struct browser *browser = browser_real();

    memset(err, 0, sizeof(*err));
    return browser->open(browser, url, err);
}

static void expect_words(const char *setting, size_t count, ...)
{
    _cleanup_list_ struct list words = LIST_EMPTY;
    const char *rest = setting;
    va_list expected;

    browser_command_next(&rest, "URL", &words);
    assert_int_equal(words.count, count);
    va_start(expected, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(words.items[i], va_arg(expected, const char *));
    va_end(expected);
}

static void commands_are_split_into_words(void **state)
{
    (void)state;
    expect_words("firefox", 2, "firefox", "URL");
    expect_words("  firefox\t--new-window  %s ", 3, "firefox", "--new-window", "URL");
    expect_words("chromium --app=%s", 2, "chromium", "--app=URL");
    expect_words("a '%s'", 2, "a", "URL");
    expect_words("a %% 100%", 4, "a", "%", "100%", "URL");
    expect_words("a %c %%s", 4, "a", "%c", "%s", "URL");
    expect_words("'/opt/My Browser/run' x", 3, "/opt/My Browser/run", "x", "URL");
    expect_words("/opt/My\\ Browser \"a \\\" b\" \"c\\d\" 'e\\f'", 5, "/opt/My Browser", "a \" b", "c\\d",
                 "e\\f", "URL");
    expect_words("a '' b", 4, "a", "", "b", "URL");
    expect_words("a\"b\"'c'd", 2, "abcd", "URL");
    expect_words("a $HOME `id` ; | & > x * ~", 11, "a", "$HOME", "`id`", ";", "|", "&", ">", "x", "*", "~",
                 "URL");
    expect_words("a 'open", 3, "a", "open", "URL");
    expect_words("a\\", 2, "a\\", "URL");
}

static void a_list_of_commands_is_taken_one_by_one(void **state)
{
    const char *rest = "one a::'two:b' c:three\\:d:";
    _cleanup_list_ struct list words = LIST_EMPTY;

    (void)state;
    assert_true(browser_command_next(&rest, "U", &words));
    assert_false(browser_command_next(&rest, "U", &words));
    assert_true(browser_command_next(&rest, "U", &words));
    assert_true(browser_command_next(&rest, "U", &words));
    assert_string_equal(rest, "");
    _cleanup_free_ char *all = list_join(&words, "|");
    assert_string_equal(all, "one|a|U|U|two:b|c|U|three:d|U");
}

static void the_url_arrives_as_one_argument(void **state)
{
    struct error err;

    (void)state;
    write_program("b", "printf '%s\\n' \"$#\" \"$@\" >$OUT.tmp; mv $OUT.tmp $OUT");
    setenv("BROWSER", "b --flag 'two words'", 1);
    assert_false(open_url("https://has a blank/", &err));
    assert_true(open_url(URL, &err));
    _cleanup_free_ char *text = output_of("b");
    assert_string_equal(text, "3\n--flag\ntwo words\n" URL "\n");
}

static void only_web_addresses_are_opened(void **state)
{
    static const char *const others[] = {"",
                                         "--help",
                                         "file:///etc/passwd",
                                         "javascript:alert(1)",
                                         "/etc/passwd",
                                         " http://a/",
                                         "HTTP://a/",
                                         "http://a/\n--x",
                                         "ftp://a/",
                                         "https:/a",
                                         "http://a/\x7f"};
    struct error err;

    (void)state;
    write_program("b", "echo >$OUT");
    setenv("BROWSER", "b", 1);
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        assert_false(open_url(others[i], &err));
        assert_int_equal(err.code, ERROR_IO);
    }
    assert_false(has_output("b"));
}

static void the_next_one_is_tried_when_one_fails(void **state)
{
    struct error err;

    (void)state;
    write_program("fails", "echo >$OUT; exit 3");
    write_program("killed", "kill -9 $$");
    write_program("works", "echo >$OUT.tmp; mv $OUT.tmp $OUT");
    write_program("spare", "echo >$OUT");
    setenv("BROWSER", "/nonexistent/x:missing::fails:killed:works:spare", 1);
    assert_true(open_url(URL, &err));
    assert_true(has_output("fails"));
    free(output_of("works"));
    assert_false(has_output("spare"));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no zombie is left */

    setenv("BROWSER", "missing:fails:killed", 1);
    assert_false(open_url(URL, &err));
    assert_int_equal(err.code, ERROR_IO);
    assert_non_null(strstr(err.message, "missing: not found"));
    assert_non_null(strstr(err.message, "/fails: exit status 3"));
    assert_non_null(strstr(err.message, "/killed: ended by signal 9"));
    assert_null(strstr(err.message, "client_id"));
}

static void a_slow_browser_is_not_waited_for(void **state)
{
    int64_t before = system_real()->monotonic(system_real());
    struct error err;

    (void)state;
    write_program("slow", "echo $$ >$OUT.tmp; mv $OUT.tmp $OUT; exec sleep 30");
    setenv("BROWSER", "slow", 1);
    assert_true(open_url(URL, &err));
    assert_true(system_real()->monotonic(system_real()) - before >= 900);
    _cleanup_free_ char *text = output_of("slow");
    pid_t pid = (pid_t)strtol(text, NULL, 10);

    assert_int_equal(getsid(pid), pid); /* a session of its own */
    kill(pid, SIGKILL);
    assert_int_equal(waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WEXITED | WNOWAIT), 0);
    setenv("BROWSER", "true", 1);
    assert_true(open_url(URL, &err));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* and it was reaped on the way */
}

/* Descriptors, streams, signals and credentials of ours stay with us. */
static void a_browser_inherits_nothing_of_ours(void **state)
{
    int leaked = open("/etc/hostname", O_RDONLY); /* without O_CLOEXEC */
    sigset_t mask;
    struct error err;

    (void)state;
    write_program("b", "{ readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2; ls /proc/$$/fd | tr '\\n' ' '; "
                       "grep -E 'Sig(Blk|Ign)' /proc/self/status; env; } >$OUT.tmp; mv $OUT.tmp $OUT");
    setenv("BROWSER", "b", 1);
    setenv("LOGTO_APP_SECRET", "planted-1", 1);
    setenv("LOGTO_PASSPHRASE", "planted-2", 1);
    setenv("LOGTO_PAT", "planted-3", 1);
    setenv("LOGTO_ACCESS_TOKEN", "planted-4", 1);
    setenv("LOGTO_ENDPOINT", "https://kept.example", 1);
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    sigprocmask(SIG_BLOCK, &mask, NULL);
    signal(SIGUSR2, SIG_IGN);
    assert_true(leaked >= 3);
    assert_true(open_url(URL, &err));
    sigprocmask(SIG_UNBLOCK, &mask, NULL);
    signal(SIGUSR2, SIG_DFL);
    close(leaked);
    _cleanup_free_ char *text = output_of("b");
    assert_null(strstr(text, "planted-"));
    assert_non_null(strstr(text, "LOGTO_ENDPOINT=https://kept.example"));
    assert_null(strstr(text, "/etc/hostname"));
    assert_ptr_equal(strstr(text, "/dev/null\n"), text);
    assert_non_null(strstr(text, "SigBlk:\t0000000000000000"));
    const char *ignored = strstr(text, "SigIgn:\t"); /* but for the C library's own, 32 and 33 */
    assert_non_null(ignored);
    assert_int_equal(strtoull(ignored + 8, NULL, 16) & 0x7FFFFFFF, 0);
    assert_string_equal(getenv("LOGTO_PAT"), "planted-3");
    unsetenv("LOGTO_APP_SECRET");
    unsetenv("LOGTO_PASSPHRASE");
    unsetenv("LOGTO_PAT");
    unsetenv("LOGTO_ACCESS_TOKEN");
}

static void without_browser_variable_the_desktop_decides(void **state)
{
    struct error err;

    (void)state;
    setenv("PATH", folder, 1);
    write_program("xdg-open", "echo \"$1\" >$OUT.tmp; /bin/mv $OUT.tmp $OUT");
    write_program("wslview", "exit 1");
    assert_false(open_url(URL, &err)); /* no display: not even tried */
    assert_int_equal(err.code, ERROR_IO);
    assert_non_null(strstr(err.hint, "BROWSER"));
    setenv("BROWSER", "", 1); /* is as good as none */
    setenv("WAYLAND_DISPLAY", "wayland-0", 1);
    setenv("WSL_DISTRO_NAME", "Debian", 1);
    assert_true(open_url(URL, &err));
    _cleanup_free_ char *text = output_of("xdg-open");
    assert_string_equal(text, URL "\n");
    setenv("BROWSER", "false-browser", 1); /* the user's choice: nothing else instead */
    assert_false(open_url(URL, &err));
}

/* What lies in the current directory is nobody's choice of a browser. */
static void what_would_be_opened_is_found_without_starting_it(void **state)
{
    struct browser *browser = browser_real();
    _cleanup_free_ char *expected = memory_format("%s/second", folder);
    _cleanup_free_ char *program = NULL;
    struct error err;

    (void)state;
    assert_false(browser->find(browser, &program, &err));
    assert_string_equal(err.message, "no browser found");
    setenv("BROWSER", "first:second --new", 1);
    assert_false(browser->find(browser, &program, &err));
    assert_string_equal(err.message, "no browser could be started (first: not found; second: not found)");
    write_program("second", "echo >>\"$0.out\"");
    assert_true(browser->find(browser, &program, &err));
    assert_string_equal(program, expected);
    assert_false(has_output("second"));
}

static void the_current_directory_is_not_searched(void **state)
{
    struct error err;
    char before[4096];

    (void)state;
    assert_non_null(getcwd(before, sizeof(before)));
    write_program("planted", "echo >$OUT");
    assert_int_equal(chdir(folder), 0);
    setenv("BROWSER", "planted", 1);
    setenv("PATH", ":.::/usr/bin:", 1);
    assert_false(open_url(URL, &err));
    assert_false(has_output("planted"));
    assert_int_equal(chdir(before), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scene, release_scene)
    const struct CMUnitTest tests[] = {
        TEST(commands_are_split_into_words),         TEST(a_list_of_commands_is_taken_one_by_one),
        TEST(the_url_arrives_as_one_argument),       TEST(only_web_addresses_are_opened),
        TEST(the_next_one_is_tried_when_one_fails),  TEST(a_slow_browser_is_not_waited_for),
        TEST(a_browser_inherits_nothing_of_ours),    TEST(without_browser_variable_the_desktop_decides),
        TEST(the_current_directory_is_not_searched), TEST(what_would_be_opened_is_found_without_starting_it),
    };
    int failures;

    if (!mkdtemp(folder))
        return 1;
    failures = cmocka_run_group_tests_name("browser", tests, NULL, NULL);
    rmdir(folder);
    return failures;
}
