#include "cmd/login_progress.h"

#include "base/terminal.h"
#include "cmd/describe.h"
#include "cmd/device_code.h"
#include "cmd/place.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void port_changed(void *data, const struct port_holder *holder, uint16_t wanted, uint16_t used)
{
    const struct login_progress *progress = data;

    output_note(progress->output, "Port %u is in use by %s; using %u instead.", wanted,
                port_holder_text(holder, (char[PORT_HOLDER_TEXT_SIZE]){0}), used);
}

static void expect_paste(const struct login_progress *progress)
{
    if (progress->paste)
        terminal_begin_paste(STDIN_FILENO);
}

static void print_heading(const struct login_progress *progress, uint16_t port)
{
    const struct profile *profile = progress->profile;
    const char *connector = progress->connector;

    if (!progress->google) {
        output_note(progress->output, "Signing in to %s%s%s (profile '%s').", profile->endpoint,
                    *connector ? " with " : "", connector, profile->name);
        return;
    }
    output_note(progress->output, "Asking Google for more access (profile '%s').", profile->name);
    output_note(
        progress->output,
        "Google needs http://localhost:%u/callback among the authorized redirect URIs of the connector's "
        "OAuth client.",
        port);
}

static void waiting(void *data, const struct sign_in_urls *urls, uint16_t port, const char *why)
{
    struct login_progress *progress = data;
    const struct output *output = progress->output;

    print_heading(progress, port);
    progress->paste = isatty(STDIN_FILENO);
    place_print_way(output, port, why != NULL);
    browser_url_print(output, urls, progress->elsewhere || (why && place_is_container()), why,
                      &progress->shown);
    output_note(output, "Waiting at http://localhost:%u. Press Ctrl-C to stop.%s", port,
                progress->paste
                    ? " If the browser cannot reach it, paste the URL it ends up at (it is not shown)."
                    : "");
    expect_paste(progress);
}

static void device_code(void *data, const struct device_authorization *authorization)
{
    const struct login_progress *progress = data;
    const struct profile *profile = progress->profile;

    output_note(progress->output, "Signing in to %s (profile '%s').", profile->endpoint, profile->name);
    device_code_print(progress->output, authorization);
}

static void clear_line(struct login_progress *progress)
{
    if (progress->line_open)
        fputs("\r\033[K", stderr);
    progress->line_open = false;
}

static void unvisited(void *data, const char *full)
{
    struct login_progress *progress = data;

    clear_line(progress);
    browser_url_print_unvisited(progress->output, full, &progress->shown);
}

static void unanswered(void *data)
{
    struct login_progress *progress = data;

    clear_line(progress);
    output_note(
        progress->output,
        "Still waiting: finish the sign-in in the browser. If it shows an error, or says that you have "
        "no access, no answer will come: press Ctrl-C.");
}

static void came_back_empty(void *data)
{
    struct login_progress *progress = data;

    clear_line(progress);
    output_note(
        progress->output,
        "The browser came back without an answer: the sign-in was perhaps canceled. To try again, open "
        "the URL above again.");
}

static void show_line(struct login_progress *progress, const char *text)
{
    if (!progress->output->err.live || progress->output->quiet || !terminal_is_ours(STDERR_FILENO))
        return;
    clear_line(progress);
    fputs(text, stderr);
    progress->line_open = true;
}

static void tick(void *data, int64_t seconds_left)
{
    struct login_progress *progress = data;
    char text[64];

    expect_paste(progress);
    if (progress->pasting)
        return;
    snprintf(text, sizeof(text), "%" PRId64 ":%02" PRId64 " left ", seconds_left / 60, seconds_left % 60);
    show_line(progress, text);
}

static void paste_received(void *data, size_t characters)
{
    struct login_progress *progress = data;
    char text[64];

    snprintf(text, sizeof(text), "received %zu character%s, press Enter ", characters,
             characters == 1 ? "" : "s");
    show_line(progress, text);
    progress->pasting = true;
}

static void paste_refused(void *data, enum paste_verdict verdict)
{
    static const char *const answers[] = {
        [PASTE_STALE] =
            "Not the redirect URL of this sign-in, but of another one. Open the URL above, and paste "
            "the one it ends up at.",
        [PASTE_BARE] = "This URL carries no answer: the sign-in was perhaps canceled. To try again, open the "
                       "URL above again.",
        [PASTE_START] =
            "This is where the sign-in starts. Open it in a browser, and paste the URL it ends up "
            "at.",
        [PASTE_OTHER] = "Not the redirect URL of this sign-in. It begins with http://localhost and contains "
                        "'code=' and 'state='.",
    };
    struct login_progress *progress = data;

    clear_line(progress);
    progress->pasting = false;
    output_note(progress->output, "%s", answers[verdict]);
}

static void done(void *data)
{
    terminal_restore();
    clear_line(data);
}

static void replaced(void *data, const struct json *claims, const char *why)
{
    struct login_progress *progress = data;
    _cleanup_free_ char *user = describe_user(claims);

    if (why)
        output_warning(progress->output, "This replaces the session of %s, which could not be revoked: %s",
                       user, why);
    else
        output_note(progress->output, "This replaces the session of %s, which was revoked.", user);
}

struct sign_in_events login_progress_events(struct login_progress *progress)
{
    return (struct sign_in_events){.port_changed = port_changed,
                                   .waiting = waiting,
                                   .unvisited = unvisited,
                                   .device_code = device_code,
                                   .unanswered = unanswered,
                                   .came_back_empty = came_back_empty,
                                   .tick = tick,
                                   .paste_received = paste_received,
                                   .paste_refused = paste_refused,
                                   .done = done,
                                   .replaced = replaced,
                                   .data = progress};
}
