/*
 * One table of options per verb. It drives parsing (over getopt_long), --help and the shell completions, so
 * that they can't disagree.
 */
#pragma once

#include "base/error.h"
#include "base/list.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum option_kind {
    OPTION_KIND_END,
    OPTION_KIND_FLAG,    /* bool */
    OPTION_KIND_COUNT,   /* int, one more at every use */
    OPTION_KIND_TEXT,    /* const char *, points into argv */
    OPTION_KIND_INTEGER, /* int64_t */
    OPTION_KIND_LIST,    /* struct list, one more item at every use */
    OPTION_KIND_SCOPES,  /* struct list, the value's words are added */
};

/*
 * A word of `words` that begins with '@' stands for values that completion finds elsewhere; any
 * value is accepted: "@file", "@profile", "@command"; "@resource", "@scope", "@organization" (what the
 * session covers); "@profile-resource", "@profile-scope" (what the profile asks for).
 */
struct option_spec {
    const char *name; /* without the dashes */
    char letter;      /* short form, or 0 */
    enum option_kind kind;
    size_t offset;        /* of the member in the verb's struct */
    const char *argument; /* "URI" */
    const char *help;     /* one sentence without a period; also what completion shows */
    const char *words;    /* the values allowed, separated by '|', or where to find some; NULL: anything */
    int64_t minimum, maximum, fallback; /* OPTION_KIND_INTEGER only */
};

/* Refers to a member and makes the compiler check its type. */
#define OPTION_MEMBER(structure, member, type)                                                               \
    (offsetof(struct structure, member) + 0 * sizeof(&((struct structure *)0)->member == (type *)0))

#define OPTION_FLAG(structure, member, long_name, help_text)                                                 \
    {                                                                                                        \
        .name = (long_name), .kind = OPTION_KIND_FLAG, .offset = OPTION_MEMBER(structure, member, bool),     \
        .help = (help_text)                                                                                  \
    }
#define OPTION_TEXT(structure, member, long_name, argument_name, help_text)                                  \
    {                                                                                                        \
        .name = (long_name), .kind = OPTION_KIND_TEXT,                                                       \
        .offset = OPTION_MEMBER(structure, member, const char *), .argument = (argument_name),               \
        .help = (help_text)                                                                                  \
    }
#define OPTION_WORD(structure, member, long_name, argument_name, help_text, word_list)                       \
    {                                                                                                        \
        .name = (long_name), .kind = OPTION_KIND_TEXT,                                                       \
        .offset = OPTION_MEMBER(structure, member, const char *), .argument = (argument_name),               \
        .help = (help_text), .words = (word_list)                                                            \
    }
#define OPTION_LIST(structure, member, long_name, argument_name, help_text)                                  \
    {                                                                                                        \
        .name = (long_name), .kind = OPTION_KIND_LIST,                                                       \
        .offset = OPTION_MEMBER(structure, member, struct list), .argument = (argument_name),                \
        .help = (help_text)                                                                                  \
    }
/* The same with words to complete it from. */
#define OPTION_WORD_LIST(structure, member, long_name, argument_name, help_text, word_list)                  \
    {                                                                                                        \
        .name = (long_name), .kind = OPTION_KIND_LIST,                                                       \
        .offset = OPTION_MEMBER(structure, member, struct list), .argument = (argument_name),                \
        .help = (help_text), .words = (word_list)                                                            \
    }
/* A list of scopes: a value of several words adds each (RFC 6749, 3.3). */
#define OPTION_SCOPES(structure, member, long_name, argument_name, help_text, word_list)                     \
    {                                                                                                        \
        .name = (long_name), .kind = OPTION_KIND_SCOPES,                                                     \
        .offset = OPTION_MEMBER(structure, member, struct list), .argument = (argument_name),                \
        .help = (help_text), .words = (word_list)                                                            \
    }
#define OPTION_INTEGER(structure, member, long_name, argument_name, help_text, lowest, highest,              \
                       default_value)                                                                        \
    {                                                                                                        \
        .name = (long_name), .kind = OPTION_KIND_INTEGER,                                                    \
        .offset = OPTION_MEMBER(structure, member, int64_t), .argument = (argument_name),                    \
        .help = (help_text), .minimum = (lowest), .maximum = (highest), .fallback = (default_value)          \
    }
#define OPTION_END                                                                                           \
    {                                                                                                        \
        .kind = OPTION_KIND_END                                                                              \
    }

/* Options that every verb understands, before or after its name. */
struct global_options {
    const char *profile;
    const char *color; /* auto, always, never */
    int verbose;
    bool json;
    bool quiet;
    bool help;
    bool version;
};

extern const struct option_spec global_option_specs[];

/* Where parsed values go: a table and the struct it describes. */
struct option_target {
    const struct option_spec *specs;
    void *values;
};

/*
 * Parses argv[1…] into the targets' structs, which must be zeroed; integers get their fallback first.
 * *operands is the index of the first operand: options before and after operands are taken, except with
 * `stop_at_operand`. Fails with ERROR_USAGE. argv may be reordered.
 */
bool option_parse(int argc, char **argv, const struct option_target *targets, size_t target_count,
                  bool stop_at_operand, int *operands, struct error *err);

/* Releases what list members hold. */
void option_release(const struct option_spec *specs, void *values);

/* Prints the options, aligned, in lines of at most 80 columns. */
void option_print_help(const struct option_spec *specs, FILE *stream);

/* "[-q|--quiet] [--color=WHEN]", to be freed. */
char *option_synopsis(const struct option_spec *specs);

/* Whether the option is followed by a value. */
bool option_takes_value(const struct option_spec *spec);
