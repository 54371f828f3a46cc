#include "cmd/login_progress.h"

#include "base/environment.h"
#include "cmd/describe.h"
#include "cmd/device_code.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void port_changed(void *data, const struct port_holder *holder, uint16_t wanted, uint16_t used)
{
    const struct login_progress *progress = data;

    if (holder->pid)
        output_note(progress->output, "Port %u is in use by %s (pid %d); using %u instead.", wanted,
                    holder->command, holder->pid, used);
    else
        output_note(progress->output, "Port %u is in use by another program; using %u instead.", wanted,
                    used);
}

/* The third word of SSH_CONNECTION is the address under which the client reached this machine. */
static void print_ssh_line(const struct output *output, uint16_t port)
{
    const char *connection = environment_value("SSH_CONNECTION");
    const char *user = environment_value("USER");
    char server[64] = "";

    if (!connection)
        return;
    if (sscanf(connection, "%*s %*s %63s", server) != 1)
        snprintf(server, sizeof(server), "THIS_HOST");
    output_note(output, "This is a remote machine. To use a browser on your computer, run there:");
    output_note(output, "  ssh -N -L %u:localhost:%u %s%s%s", port, port, user ? user : "", user ? "@" : "",
                server);
}

static void waiting(void *data, const struct sign_in_urls *urls, uint16_t port, const char *why)
{
    struct login_progress *progress = data;
    const struct output *output = progress->output;
    const char *connector = progress->connector;

    output_note(output, "Signing in to %s%s%s (profile '%s').", progress->profile->endpoint,
                *connector ? " with " : "", connector, progress->profile->name);
    print_ssh_line(output, port);
    browser_url_print(output, urls, progress->elsewhere, why, &progress->shown);
    output_note(output, "Waiting at http://localhost:%u. Press Ctrl-C to stop.%s", port,
                isatty(STDIN_FILENO) ? " If the browser cannot reach it, paste the URL it ends up at." : "");
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

static void tick(void *data, int64_t seconds_left)
{
    struct login_progress *progress = data;
    const struct output *output = progress->output;

    if (!output->live || output->quiet)
        return;
    clear_line(progress);
    fprintf(stderr, "%" PRId64 ":%02" PRId64 " left ", seconds_left / 60, seconds_left % 60);
    progress->line_open = true;
}

static void paste_refused(void *data)
{
    struct login_progress *progress = data;

    clear_line(progress);
    output_note(
        progress->output,
        "Not the redirect URL of this sign-in. It begins with http://localhost and contains 'code=' and "
        "'state='.");
}

static void done(void *data)
{
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
                                   .tick = tick,
                                   .paste_refused = paste_refused,
                                   .done = done,
                                   .replaced = replaced,
                                   .data = progress};
}
