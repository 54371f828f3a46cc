#include "cmd/ask.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/secret_file.h"
#include "base/terminal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool ask_possible(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static void trim(char *text)
{
    size_t start = strspn(text, " \t");
    size_t length = strlen(text);

    while (length > start && strchr(" \t\r\n", text[length - 1]))
        length--;
    memmove(text, text + start, length - start);
    text[length - start] = '\0';
}

char *ask_text(const char *question, struct error *err)
{
    char *line = NULL;
    size_t size = 0;

    do {
        fprintf(stderr, "%s: ", question);
        if (getline(&line, &size, stdin) < 0) {
            fputc('\n', stderr);
            free(line);
            error_set(err, ERROR_CANCELLED, "no input");
            return NULL;
        }
        trim(line);
    } while (!*line);
    return line;
}

bool ask_confirm(const char *question)
{
    char *line = NULL;
    size_t size = 0;
    bool yes;

    fprintf(stderr, "%s [Y/n] ", question);
    yes = getline(&line, &size, stdin) >= 0 && (trim(line), strchr("yY", *line));
    free(line);
    return yes;
}

/*
 * One line of the terminal, past stdio, whose buffer would keep a copy; the terminal gives a whole line at
 * once. A line that doesn't fit is refused, so that no half of a secret is sent anywhere.
 */
static bool read_line(int terminal, struct buffer *line, struct error *err)
{
    char chunk[SECRET_FILE_MAXIMUM];
    ssize_t got;
    bool ok;

    do
        got = read(terminal, chunk, sizeof(chunk));
    while (got < 0 && errno == EINTR);
    ok = got >= 0 ? buffer_append(line, chunk, (size_t)got, err)
                  : error_set_errno(err, ERROR_IO, "cannot read from the terminal");
    explicit_bzero(chunk, sizeof(chunk));
    return ok;
}

bool ask_hidden(int terminal, int output, const char *question, struct buffer *line, struct error *err)
{
    bool ok;

    if (!terminal_hide(terminal))
        return error_set_errno(err, ERROR_IO, "cannot switch the terminal's echo off");
    dprintf(output, "%s: ", question);
    ok = read_line(terminal, line, err);
    terminal_restore();
    dprintf(output, "\n");
    return ok;
}

/* Not by the name /dev/stdin, which can't be opened when it is a socket. */
static bool read_input(struct buffer *text, struct error *err)
{
    return isatty(STDIN_FILENO) ? ask_hidden(STDIN_FILENO, STDERR_FILENO, "App secret", text, err)
                                : file_read_descriptor(STDIN_FILENO, "standard input", text, err);
}

struct secret *ask_secret_file(const char *path, struct error *err)
{
    _cleanup_buffer_ struct buffer text = BUFFER(SECRET_FILE_MAXIMUM);

    if (strcmp(path, "-") != 0)
        return secret_file_read_line(path, err);
    if (read_input(&text, err))
        return secret_file_line(&text, "standard input", err);
    error_change_code(err, ERROR_USAGE);
    return NULL;
}
