#include "cmd/screen.h"

#include "base/environment.h"
#include "base/memory.h"
#include "base/number.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* VTE ignores longer ones. */
#define LINK_LONGEST 2083

/* A variable, and what it begins with (NULL: anything) or, as a number, is at least, in terminals with
 * hyperlinks. */
static const struct {
    const char *name;
    const char *start;
    int64_t minimum;
} with_links[] = {
    {"TERM_PROGRAM", "iTerm.app", 0},
    {"TERM_PROGRAM", "WezTerm", 0},
    {"TERM_PROGRAM", "vscode", 0},
    {"TERM_PROGRAM", "ghostty", 0},
    {"TERM", "xterm-kitty", 0},
    {"TERM", "xterm-ghostty", 0},
    {"TERM", "alacritty", 0},
    {"TERM", "foot", 0},
    {"TERM", "wezterm", 0},
    {"KITTY_WINDOW_ID", NULL, 0},
    {"WT_SESSION", NULL, 0},
    {"VTE_VERSION", NULL, 5001}, /* 0.50.0 crashes at the first */
    {"KONSOLE_VERSION", NULL, 201200},
};

static bool variable_begins(const char *name, const char *start)
{
    const char *value = environment_value(name);

    return value && strncmp(value, start, strlen(start)) == 0;
}

/* A multiplexer, which passes on the variables of the terminal that it was once started in. */
static bool is_multiplexed(void)
{
    return environment_value("TMUX") || environment_value("STY") || variable_begins("TERM", "tmux") ||
           variable_begins("TERM", "screen") || variable_begins("TERM_PROGRAM", "tmux");
}

/* Since 3.4. */
static bool is_tmux_with_links(void)
{
    const char *version = environment_value("TERM_PROGRAM_VERSION");
    char *rest;
    long major, minor;

    if (!variable_begins("TERM_PROGRAM", "tmux") || !version)
        return false;
    major = strtol(version, &rest, 10);
    minor = *rest == '.' ? strtol(rest + 1, NULL, 10) : 0;
    return major > 3 || (major == 3 && minor >= 4);
}

static bool has_links(void)
{
    int64_t number;

    if (is_multiplexed())
        return is_tmux_with_links();
    for (size_t i = 0; i < ARRAY_SIZE(with_links); i++) {
        const char *value = environment_value(with_links[i].name);

        if (!value || (with_links[i].start && !variable_begins(with_links[i].name, with_links[i].start)))
            continue;
        if (with_links[i].minimum == 0 || number_parse(value, with_links[i].minimum, INT32_MAX, &number))
            return true;
    }
    return false;
}

static bool is_forced(void)
{
    const char *value = environment_value("CLICOLOR_FORCE");

    return value && strcmp(value, "0") != 0;
}

static bool wants_color(const char *color, bool live)
{
    if (color && strcmp(color, "auto") != 0)
        return strcmp(color, "always") == 0;
    return !environment_value("NO_COLOR") && (live || is_forced());
}

static size_t width_of(int descriptor)
{
    const char *wanted = environment_value("COLUMNS");
    struct winsize size;
    int64_t columns;

    if (wanted && number_parse(wanted, 1, INT16_MAX, &columns))
        return (size_t)columns;
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

struct screen screen_look(int descriptor, const char *color)
{
    bool terminal = isatty(descriptor);
    const char *name = environment_value("TERM");
    bool live = terminal && name && strcmp(name, "dumb") != 0;

    return (struct screen){
        .color = wants_color(color, live),
        .live = live,
        .links = live && strcmp(name, "linux") != 0 && (!color || strcmp(color, "never") != 0) && has_links(),
        .columns = terminal ? width_of(descriptor) : 0,
    };
}

char *screen_link_target(const char *url)
{
    char *target, *end;

    if ((strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0) || strlen(url) > LINK_LONGEST)
        return NULL;
    target = end = memory_allocate(strlen(url) * 3 + 1, 1);
    for (const unsigned char *byte = (const unsigned char *)url; *byte; byte++)
        end += sprintf(end, *byte > ' ' && *byte < 0x7f ? "%c" : "%%%02X", *byte);
    if (end - target <= LINK_LONGEST)
        return target;
    free(target);
    return NULL;
}
