#include "cmd/output.h"

#include "base/environment.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const style_codes[] = {
    [OUTPUT_PLAIN] = "",        [OUTPUT_BOLD] = "\033[1m", [OUTPUT_DIM] = "\033[2m",
    [OUTPUT_GOOD] = "\033[32m", [OUTPUT_BAD] = "\033[31m", [OUTPUT_WARN] = "\033[33m",
};

static bool wants_color(const char *color, int descriptor)
{
    const char *terminal = getenv("TERM");

    if (color && strcmp(color, "always") == 0)
        return true;
    if ((color && strcmp(color, "never") == 0) || environment_value("NO_COLOR"))
        return false;
    return isatty(descriptor) && terminal && strcmp(terminal, "dumb") != 0;
}

void output_init(struct output *output, bool json, bool quiet, const char *color)
{
    *output = (struct output){.json = json,
                              .quiet = quiet,
                              .color_out = wants_color(color, STDOUT_FILENO),
                              .color_err = wants_color(color, STDERR_FILENO),
                              .live = isatty(STDERR_FILENO)};
}

void output_text(FILE *stream, const char *text)
{
    _cleanup_free_ char *visible = utf8_visible(text);

    fputs(visible, stream);
}

void output_styled(const struct output *output, FILE *stream, enum output_style style, const char *text)
{
    bool color = style != OUTPUT_PLAIN && (stream == stderr ? output->color_err : output->color_out);

    if (color)
        fputs(style_codes[style], stream);
    output_text(stream, text);
    if (color)
        fputs("\033[0m", stream);
}

void output_field(const struct output *output, const char *label, const char *value)
{
    char padded[32];

    snprintf(padded, sizeof(padded), "  %-10s", label);
    output_styled(output, stdout, OUTPUT_DIM, padded);
    output_text(stdout, value);
    putchar('\n');
}

static void __attribute__((format(printf, 1, 0))) write_line(const char *format, va_list arguments)
{
    char *text = NULL;

    if (vasprintf(&text, format, arguments) < 0)
        return;
    output_text(stderr, text);
    fputc('\n', stderr);
    free(text);
}

void output_note(const struct output *output, const char *format, ...)
{
    va_list arguments;

    if (output->quiet)
        return;
    va_start(arguments, format);
    write_line(format, arguments);
    va_end(arguments);
}

void output_warning(const struct output *output, const char *format, ...)
{
    va_list arguments;

    output_styled(output, stderr, OUTPUT_WARN, "warning: ");
    va_start(arguments, format);
    write_line(format, arguments);
    va_end(arguments);
}

static void print_waiting(void *data, const char *what)
{
    output_note(data, "Waiting for %s…", what);
}

struct notices output_notices(const struct output *output)
{
    return (struct notices){.waiting = print_waiting, .data = (void *)(uintptr_t)output};
}

void output_json(const struct json *value)
{
    char *text = json_print(value, false);

    puts(text);
    memory_wipe_free(text);
}

bool output_bytes(const void *bytes, size_t length, struct error *err)
{
    const char *position = bytes;

    if (!output_flush(err))
        return false;
    while (length > 0) {
        ssize_t written = write(STDOUT_FILENO, position, length);

        if (written < 0 && errno != EINTR)
            return error_set_errno(err, ERROR_IO, "cannot write to standard output");
        if (written > 0) {
            position += written;
            length -= (size_t)written;
        }
    }
    return true;
}

/* Past stdio, whose buffer would keep a copy of the token. */
bool output_secret(const struct secret *secret, struct error *err)
{
    return output_bytes(secret_text(secret), secret_length(secret), err);
}

struct json *output_error_object(const struct error *err)
{
    struct json *object = json_object();

    json_set_string(object, "code", error_code_word(err->code));
    json_set_string(object, "message", err->message);
    json_set_string(object, "hint", err->hint[0] ? err->hint : NULL);
    return object;
}

static void print_error_json(const struct error *err)
{
    _cleanup_json_ struct json *object = json_object();

    json_set(object, "error", output_error_object(err));
    output_json(object);
}

void output_error(const struct output *output, const struct error *err, const char *see)
{
    if (output->json) {
        print_error_json(err);
        if (output_flush(NULL))
            return; /* else nobody would hear of it */
    }
    output_styled(output, stderr, OUTPUT_BAD, "logto: ");
    output_text(stderr, err->message);
    fputc('\n', stderr);
    if (see)
        fprintf(stderr, "%s\n", see);
    if (err->hint[0]) {
        output_styled(output, stderr, OUTPUT_DIM, "hint: ");
        output_text(stderr, err->hint);
        fputc('\n', stderr);
    }
}

bool output_flush(struct error *err)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    return error_set_errno(err, ERROR_IO, "cannot write to standard output");
}
