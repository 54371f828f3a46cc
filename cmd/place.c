#include "cmd/place.h"

#include "base/environment.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool place_is_remote(void)
{
    return environment_value("SSH_CONNECTION") != NULL;
}

bool place_is_container(void)
{
    return environment_value("container") || environment_value("KUBERNETES_SERVICE_HOST") ||
           access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0;
}

static bool is_wsl(void)
{
    return environment_value("WSL_DISTRO_NAME") || environment_value("WSL_INTEROP");
}

static bool has_display(void)
{
    return environment_value("DISPLAY") || environment_value("WAYLAND_DISPLAY");
}

const char *place_host(void)
{
    static char name[HOST_NAME_MAX + 1];

    if (!place_is_remote() && !place_is_container())
        return NULL;
    if (gethostname(name, sizeof(name) - 1) != 0)
        snprintf(name, sizeof(name), "the remote machine");
    return name;
}

bool place_check_browser(struct error *err)
{
    if (isatty(STDIN_FILENO) || isatty(STDERR_FILENO) || environment_value("BROWSER") || has_display() ||
        is_wsl())
        return true;
    error_set(err, ERROR_NO_BROWSER, "there is no browser to open, and no terminal to show a URL on");
    return error_hint(err, "use --no-browser to print the URL all the same, or --device");
}

/* SSH_CONNECTION: address and port of the client, then those under which it reached this machine. */
static void print_tunnel(const struct output *output, uint16_t port)
{
    const char *user = environment_value("USER");
    char server[64] = "THIS_HOST";
    char server_port[8] = "22";
    bool usual;

    (void)sscanf(environment_value("SSH_CONNECTION"), "%*s %*s %63s %7s", server, server_port);
    usual = strcmp(server_port, "22") == 0;
    output_note(output, "This is a remote machine. To use a browser on your computer, run there:");
    output_note(output, "  ssh -N -L %u:localhost:%u %s%s%s%s%s%s", port, port, usual ? "" : "-p ",
                usual ? "" : server_port, usual ? "" : " ", user ? user : "", user ? "@" : "", server);
}

void place_print_way(const struct output *output, uint16_t port, bool no_browser)
{
    if (place_is_remote())
        print_tunnel(output, port);
    else if (no_browser && place_is_container())
        output_note(
            output,
            "This is a container. A browser outside reaches port %u only with '--network host': "
            "publishing it (-p) is not enough. Without it, paste the URL that the browser ends up at, "
            "or use 'logto login --device'.",
            port);
    else if (no_browser && is_wsl())
        output_note(output,
                    "This is WSL. Open the URL in Windows, or install wslu, whose wslview does that.");
}
