#include "net/browser.h"

#include "base/environment.h"
#include "base/memory.h"
#include "net/browser_command.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    FAILURE_WINDOW = 1000, /* ms in which a command that fails shows it; one that still runs has started */
    COMMANDS_MAXIMUM = 16  /* of $BROWSER */
};

struct real_browser {
    struct browser browser;
    pid_t running; /* the command that we stopped watching, to be reaped when it has ended; or 0 */
};

/* What was tried, for the message. */
struct attempts {
    char text[512];
};

static void note_attempt(struct attempts *attempts, const char *program, const char *outcome)
{
    size_t used = strlen(attempts->text);

    snprintf(attempts->text + used, sizeof(attempts->text) - used, "%s%s: %s", used ? "; " : "", program,
             outcome);
}

/* ---- which commands ---- */

static bool is_program(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

/*
 * The file that `name` stands for, to be freed, or NULL. Relative entries of PATH are skipped: what lies
 * in the current directory isn't the user's browser.
 */
static char *find_program(const char *name)
{
    const char *folders = environment_value("PATH");

    if (strchr(name, '/'))
        return is_program(name) ? memory_duplicate(name) : NULL;
    for (const char *next = folders ? folders : "/usr/local/bin:/usr/bin:/bin"; *next;) {
        size_t length = strcspn(next, ":");
        char *path = memory_format("%.*s/%s", (int)(length < PATH_MAX ? length : 0), next, name);

        if (path[0] == '/' && length > 0 && is_program(path))
            return path;
        free(path);
        next += length;
        next += *next == ':';
    }
    return NULL;
}

/*
 * Calls `use` for the words of each command that may show `url`, in order, until it returns true. $BROWSER is
 * the user's own decision: where it is set, nothing else is tried.
 */
static bool each_command(const char *url, bool (*use)(const struct list *words, void *context), void *context)
{
    const char *rest = environment_value("BROWSER");
    const char *graphical[] = {
        environment_value("WSL_DISTRO_NAME") ? "wslview" : NULL,
        environment_value("DISPLAY") || environment_value("WAYLAND_DISPLAY") ? "xdg-open" : NULL};

    for (int i = 0; rest && *rest && i < COMMANDS_MAXIMUM; i++) {
        _cleanup_list_ struct list words = LIST_EMPTY;

        if (browser_command_next(&rest, url, &words) && use(&words, context))
            return true;
    }
    for (size_t i = 0; !rest && i < ARRAY_SIZE(graphical); i++) {
        _cleanup_list_ struct list words = LIST_EMPTY;

        if (!graphical[i])
            continue;
        list_append(&words, graphical[i]);
        list_append(&words, url);
        if (use(&words, context))
            return true;
    }
    return false;
}

/* ---- starting one ---- */

/* An array to be freed; the strings in it stay those of our environment. */
static char **environment_without_credentials(void)
{
    size_t count = 0;
    size_t kept = 0;
    char **result;

    while (environ && environ[count])
        count++;
    result = memory_allocate(count + 1, sizeof(*result));
    for (size_t i = 0; i < count; i++)
        if (!environment_is_credential(environ[i]))
            result[kept++] = environ[i];
    return result;
}

/* A session of its own keeps our Ctrl-C and our terminal's end from it; signals are as in a fresh shell. */
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t all;
    int failure;

    sigemptyset(&none);
    sigfillset(&all);
    failure = posix_spawnattr_setflags(attributes,
                                       POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (failure == 0)
        failure = posix_spawnattr_setsigmask(attributes, &none);
    if (failure == 0)
        failure = posix_spawnattr_setsigdefault(attributes, &all);
    return failure;
}

/* Nothing that a browser prints may reach our stdout, and it gets none of our descriptors. */
static int set_actions(posix_spawn_file_actions_t *actions)
{
    int failure = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

    if (failure == 0)
        failure = posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (failure == 0)
        failure = posix_spawn_file_actions_addopen(actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (failure == 0)
        failure = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
    return failure;
}

/* Returns 0 or what went wrong, as an errno. */
static int spawn(const char *path, char *const words[], pid_t *pid)
{
    _cleanup_free_ char **environment = environment_without_credentials();
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failure;

    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    failure = set_actions(&actions);
    if (failure == 0)
        failure = set_attributes(&attributes);
    if (failure == 0)
        failure = posix_spawn(pid, path, &actions, &attributes, words, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

/* Whether it ended within the window; *status is then what waitpid() says. */
static bool ends_soon(pid_t pid, int *status)
{
    const struct timespec pause = {0, 10L * 1000 * 1000};

    for (int passed = 0; passed < FAILURE_WINDOW; passed += 10) {
        if (waitpid(pid, status, WNOHANG) == pid)
            return true;
        nanosleep(&pause, NULL);
    }
    return false;
}

struct opening {
    struct real_browser *browser;
    struct attempts attempts;
};

static bool has_started(struct opening *opening, const char *program, pid_t pid)
{
    char outcome[64];
    int status = 0;

    if (!ends_soon(pid, &status)) {
        opening->browser->running = pid;
        return true;
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    if (WIFEXITED(status))
        snprintf(outcome, sizeof(outcome), "exit status %d", WEXITSTATUS(status));
    else
        snprintf(outcome, sizeof(outcome), "ended by signal %d", WTERMSIG(status));
    note_attempt(&opening->attempts, program, outcome);
    return false;
}

static bool try_command(const struct list *words, void *context)
{
    struct opening *opening = context;
    _cleanup_free_ char *path = find_program(words->items[0]);
    _cleanup_free_ char **arguments = memory_allocate(words->count + 1, sizeof(*arguments));
    pid_t pid = 0;
    int failure;

    if (!path) {
        note_attempt(&opening->attempts, words->items[0], "not found");
        return false;
    }
    memcpy(arguments, words->items, words->count * sizeof(*arguments));
    failure = spawn(path, arguments, &pid);
    if (failure != 0) {
        note_attempt(&opening->attempts, path, strerror(failure));
        return false;
    }
    return has_started(opening, path, pid);
}

/* Anything else could be taken for an option or a file by the command. */
static bool is_web_address(const char *url)
{
    if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
        return false;
    for (const unsigned char *byte = (const unsigned char *)url; *byte; byte++)
        if (*byte <= ' ' || *byte == 0x7F)
            return false;
    return true;
}

static bool fail(const struct attempts *attempts, struct error *err)
{
    if (attempts->text[0] == '\0')
        error_set(err, ERROR_IO, "no browser found");
    else
        error_set(err, ERROR_IO, "no browser could be started (%s)", attempts->text);
    return error_hint(err, "set BROWSER, or open the address yourself");
}

static bool real_open(struct browser *browser, const char *url, struct error *err)
{
    struct opening opening = {.browser = (struct real_browser *)browser};

    if (opening.browser->running > 0 && waitpid(opening.browser->running, NULL, WNOHANG) != 0)
        opening.browser->running = 0;
    if (!is_web_address(url))
        return error_set(err, ERROR_IO, "not a web address: it must begin with http:// or https://");
    if (each_command(url, try_command, &opening))
        return true;
    return fail(&opening.attempts, err);
}

/* One look for a command. */
struct finding {
    char **program;
    struct attempts attempts;
};

static bool find_command(const struct list *words, void *context)
{
    struct finding *finding = context;
    char *path = find_program(words->items[0]);

    if (path)
        *finding->program = path;
    else
        note_attempt(&finding->attempts, words->items[0], "not found");
    return path != NULL;
}

static bool real_find(struct browser *browser, char **program, struct error *err)
{
    struct finding finding = {.program = program};

    (void)browser;
    return each_command("http://localhost/", find_command, &finding) || fail(&finding.attempts, err);
}

struct browser *browser_real(void)
{
    static struct real_browser real = {.browser = {real_open, real_find}};

    return &real.browser;
}
