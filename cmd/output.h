/*
 * The only way to stdout and stderr: stdout carries the answer and nothing else, stderr what the user reads
 * along the way. Text from elsewhere can't move the cursor, change colors or hide anything.
 */
#pragma once

#include "base/error.h"
#include "base/secret.h"
#include "cmd/screen.h"
#include "codec/json.h"
#include "session/interfaces.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct output {
    bool json;  /* --json */
    bool quiet; /* --quiet */
    struct screen out;
    struct screen err;
};

enum output_style { OUTPUT_PLAIN, OUTPUT_BOLD, OUTPUT_DIM, OUTPUT_GOOD, OUTPUT_BAD, OUTPUT_WARN };

/* `color` is "auto", "always", "never" or NULL, see screen_look(). */
void output_init(struct output *output, bool json, bool quiet, const char *color);

/*
 * A line on stderr unless --quiet, wrapped at a terminal unless it begins with a blank. Arguments may hold
 * foreign text.
 */
void output_note(const struct output *output, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same with a yellow "warning: " before it; shown with --quiet too. */
void output_warning(const struct output *output, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints notices as output_note() does. `output` must outlive the result. */
struct notices output_notices(const struct output *output);

/* Text on a stream with control characters made visible; no newline is added. */
void output_text(FILE *stream, const char *text);

/* The columns that it takes. */
size_t output_width(const char *text);

/* The same in a style, when that stream has color. */
void output_styled(const struct output *output, FILE *stream, enum output_style style, const char *text);

/* The same, from `column` on, in lines as long as the terminal's is; further ones begin with `indent` blanks.
 */
void output_wrapped(const struct output *output, FILE *stream, enum output_style style, const char *text,
                    size_t column, size_t indent);

/* A URL on stderr, apart from the lines around it, which a terminal that can makes a link of. */
void output_url(const struct output *output, const char *url);

/* "  label  value" on stdout, labels and values under each other. */
void output_field(const struct output *output, const char *label, const char *value);

/* One compact line of JSON on stdout. */
void output_json(const struct json *value);

/* Bytes as they are on stdout, at once. Fails with ERROR_IO. */
bool output_bytes(const void *bytes, size_t length, struct error *err);

/* A secret on stdout: the one way out for a token. Fails with ERROR_IO. */
bool output_secret(const struct secret *secret, struct error *err);

/* {"code","message","hint"}; the caller frees it. */
struct json *output_error_object(const struct error *err);

/*
 * The error as the contract wants it: text on stderr, or an object on stdout with --json. `see` is a line
 * that points to the help, or NULL.
 */
void output_error(const struct output *output, const struct error *err, const char *see);

/* Whether everything that was printed got out. Fails with ERROR_IO. */
bool output_flush(struct error *err);
