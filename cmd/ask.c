#include "cmd/ask.h"

#include "base/file.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECRET_MAXIMUM 4096

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

struct secret *ask_secret_file(const char *path, struct error *err)
{
    _cleanup_buffer_ struct buffer text = BUFFER(SECRET_MAXIMUM);
    bool exists = true;

    /* Not by the name /dev/stdin, which can't be opened when it is a socket. */
    if (strcmp(path, "-") == 0 ? !file_read_descriptor(STDIN_FILENO, "standard input", &text, err)
                               : !file_read(path, FILE_NAMED, &text, &exists, err))
        return NULL;
    while (text.length > 0 && strchr("\r\n", text.data[text.length - 1]))
        text.data[--text.length] = '\0';
    if (exists && text.length > 0)
        return secret_new(text.data, text.length);
    error_set(err, ERROR_USAGE, exists ? "%s is empty" : "no such file: %s", path);
    return NULL;
}
