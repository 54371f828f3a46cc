#include "cmd/output.h"

#include "base/environment.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "base/utf8_width.h"
#include "cmd/wrap.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const style_codes[] = {
    [OUTPUT_PLAIN] = "",        [OUTPUT_BOLD] = "\033[1m", [OUTPUT_DIM] = "\033[2m",
    [OUTPUT_GOOD] = "\033[32m", [OUTPUT_BAD] = "\033[31m", [OUTPUT_WARN] = "\033[33m",
};

static const struct screen *screen_of(const struct output *output, FILE *stream)
{
    return stream == stderr ? &output->err : &output->out;
}

void output_init(struct output *output, bool json, bool quiet, const char *color)
{
    *output = (struct output){.json = json,
                              .quiet = quiet,
                              .out = screen_look(STDOUT_FILENO, color),
                              .err = screen_look(STDERR_FILENO, color)};
}

void output_text(FILE *stream, const char *text)
{
    _cleanup_free_ char *visible = utf8_visible(text);

    fputs(visible, stream);
}

size_t output_width(const char *text)
{
    _cleanup_free_ char *visible = utf8_visible(text);

    return utf8_width(visible, strlen(visible));
}

static void begin_style(const struct output *output, FILE *stream, enum output_style style)
{
    if (style != OUTPUT_PLAIN && screen_of(output, stream)->color)
        fputs(style_codes[style], stream);
}

static void end_style(const struct output *output, FILE *stream, enum output_style style)
{
    if (style != OUTPUT_PLAIN && screen_of(output, stream)->color)
        fputs("\033[0m", stream);
}

void output_styled(const struct output *output, FILE *stream, enum output_style style, const char *text)
{
    begin_style(output, stream, style);
    output_text(stream, text);
    end_style(output, stream, style);
}

void output_wrapped(const struct output *output, FILE *stream, enum output_style style, const char *text,
                    size_t column, size_t indent)
{
    _cleanup_free_ char *visible = utf8_visible(text);

    begin_style(output, stream, style);
    wrap_text(stream, visible, column, indent, screen_of(output, stream)->columns);
    end_style(output, stream, style);
}

void output_url(const struct output *output, const char *url)
{
    _cleanup_free_ char *target = output->err.links ? screen_link_target(url) : NULL;

    fputs("\n  ", stderr);
    if (target)
        fprintf(stderr, "\033]8;;%s\033\\", target);
    output_styled(output, stderr, OUTPUT_BOLD, url);
    if (target)
        fputs("\033]8;;\033\\", stderr);
    fputs("\n\n", stderr);
}

void output_field(const struct output *output, const char *label, const char *value)
{
    char padded[32];

    snprintf(padded, sizeof(padded), "  %-10s", label);
    output_styled(output, stdout, OUTPUT_DIM, padded);
    output_wrapped(output, stdout, OUTPUT_PLAIN, value, strlen(padded), strlen(padded));
    putchar('\n');
}

static void __attribute__((format(printf, 3, 0)))
write_line(const struct output *output, size_t column, const char *format, va_list arguments)
{
    char *text = NULL;

    if (vasprintf(&text, format, arguments) < 0)
        return;
    if (*text == ' ')
        output_text(stderr, text);
    else
        output_wrapped(output, stderr, OUTPUT_PLAIN, text, column, column);
    fputc('\n', stderr);
    free(text);
}

void output_note(const struct output *output, const char *format, ...)
{
    va_list arguments;

    if (output->quiet)
        return;
    va_start(arguments, format);
    write_line(output, 0, format, arguments);
    va_end(arguments);
}

void output_warning(const struct output *output, const char *format, ...)
{
    static const char prefix[] = "warning: ";
    va_list arguments;

    output_styled(output, stderr, OUTPUT_WARN, prefix);
    va_start(arguments, format);
    write_line(output, strlen(prefix), format, arguments);
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

static void print_prefixed(const struct output *output, enum output_style style, const char *prefix,
                           const char *text)
{
    output_styled(output, stderr, style, prefix);
    output_wrapped(output, stderr, OUTPUT_PLAIN, text, strlen(prefix), strlen(prefix));
    fputc('\n', stderr);
}

void output_error(const struct output *output, const struct error *err, const char *see)
{
    if (output->json) {
        print_error_json(err);
        if (output_flush(NULL))
            return; /* else nobody would hear of it */
    }
    print_prefixed(output, OUTPUT_BAD, "logto: ", err->message);
    if (see)
        fprintf(stderr, "%s\n", see);
    if (err->hint[0])
        print_prefixed(output, OUTPUT_DIM, "hint: ", err->hint);
}

bool output_flush(struct error *err)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    return error_set_errno(err, ERROR_IO, "cannot write to standard output");
}
