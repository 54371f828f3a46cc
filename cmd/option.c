#include "cmd/option.h"

#include "base/memory.h"
#include "base/number.h"
#include "cmd/suggest.h"
#include "cmd/wrap.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const struct option_spec global_option_specs[] = {
    {.name = "profile",
     .letter = 'p',
     .kind = OPTION_KIND_TEXT,
     .offset = OPTION_MEMBER(global_options, profile, const char *),
     .argument = "NAME",
     .help = "profile to use (default: LOGTO_PROFILE, or the config file's default)",
     .words = "@profile"},
    OPTION_FLAG(global_options, json, "json", "print one JSON object instead of text"),
    {.name = "quiet",
     .letter = 'q',
     .kind = OPTION_KIND_FLAG,
     .offset = OPTION_MEMBER(global_options, quiet, bool),
     .help = "print only warnings and errors on stderr"},
    {.name = "verbose",
     .letter = 'v',
     .kind = OPTION_KIND_COUNT,
     .offset = OPTION_MEMBER(global_options, verbose, int),
     .help = "log requests on stderr; repeat for more detail; never logs a secret"},
    OPTION_WORD(global_options, color, "color", "WHEN", "use color: auto, always or never",
                "auto|always|never"),
    {.name = "help",
     .letter = 'h',
     .kind = OPTION_KIND_FLAG,
     .offset = OPTION_MEMBER(global_options, help, bool),
     .help = "show this help"},
    {.name = "version",
     .letter = 'V',
     .kind = OPTION_KIND_FLAG,
     .offset = OPTION_MEMBER(global_options, version, bool),
     .help = "show the version"},
    OPTION_END,
};

#define OPTIONS_MAXIMUM 64
#define HELP_COLUMN 33  /* where an option's description begins */
#define LONG_BASE 0x100 /* above every short option's character */

/* getopt_long's view of the targets. */
struct parser {
    struct option longs[OPTIONS_MAXIMUM + 1];
    char shorts[2 * OPTIONS_MAXIMUM + 3];
    const struct option_spec *specs[OPTIONS_MAXIMUM];
    void *values[OPTIONS_MAXIMUM];
    int count;
};

static bool is_list(const struct option_spec *spec)
{
    return spec->kind == OPTION_KIND_LIST || spec->kind == OPTION_KIND_SCOPES;
}

bool option_takes_value(const struct option_spec *spec)
{
    return spec->kind == OPTION_KIND_TEXT || spec->kind == OPTION_KIND_INTEGER || is_list(spec);
}

static void add_spec(struct parser *parser, const struct option_spec *spec, void *values)
{
    size_t end = strlen(parser->shorts);
    int i = parser->count++;

    parser->specs[i] = spec;
    parser->values[i] = values;
    parser->longs[i] = (struct option){spec->name, option_takes_value(spec), NULL, LONG_BASE + i};
    if (spec->letter) {
        parser->shorts[end++] = spec->letter;
        if (option_takes_value(spec))
            parser->shorts[end] = ':';
    }
    if (spec->kind == OPTION_KIND_INTEGER)
        *(int64_t *)((char *)values + spec->offset) = spec->fallback;
}

static void build(struct parser *parser, const struct option_target *targets, size_t count,
                  bool stop_at_operand)
{
    /* ':' makes getopt tell a missing argument from an unknown option. */
    snprintf(parser->shorts, sizeof(parser->shorts), "%s", stop_at_operand ? "+:" : ":");
    for (size_t t = 0; t < count; t++)
        for (const struct option_spec *spec = targets[t].specs; spec && spec->kind != OPTION_KIND_END; spec++)
            if (parser->count < OPTIONS_MAXIMUM)
                add_spec(parser, spec, targets[t].values);
}

static int find_letter(const struct parser *parser, int letter)
{
    for (int i = 0; i < parser->count; i++)
        if (parser->specs[i]->letter == letter)
            return i;
    return 0;
}

static bool word_is_known(const struct option_spec *spec, const char *value)
{
    size_t length = strlen(value);

    if (!spec->words || spec->words[0] == '@')
        return true;
    for (const char *word = spec->words; *word;
         word += strcspn(word, "|") + (word[strcspn(word, "|")] == '|'))
        if (strcspn(word, "|") == length && strncmp(word, value, length) == 0)
            return true;
    return false;
}

static bool set_integer(const struct option_spec *spec, const char *text, int64_t *out, struct error *err)
{
    if (!number_parse(text, spec->minimum, spec->maximum, out))
        return error_set(err, ERROR_USAGE,
                         "--%s must be a whole number from %" PRId64 " to %" PRId64 ", not '%s'", spec->name,
                         spec->minimum, spec->maximum, text);
    return true;
}

static bool fail_word(const struct option_spec *spec, const char *text, struct error *err)
{
    struct suggestion suggestion = suggestion_start(text, strlen(text));
    _cleanup_free_ char *nearest = NULL;

    suggestion_consider_words(&suggestion, spec->words);
    nearest = suggestion_text(&suggestion, "'", "'");
    return error_set(err, ERROR_USAGE, "--%s must be one of %s, not '%s'%s", spec->name, spec->words, text,
                     nearest);
}

static bool set_text(const struct option_spec *spec, const char *text, const char **out, struct error *err)
{
    if (!*text)
        return error_set(err, ERROR_USAGE, "--%s must not be empty", spec->name);
    if (!word_is_known(spec, text))
        return fail_word(spec, text, err);
    *out = text;
    return true;
}

static bool add_text(const struct option_spec *spec, const char *text, struct list *out, struct error *err)
{
    if (!*text)
        return error_set(err, ERROR_USAGE, "--%s must not be empty", spec->name);
    if (spec->kind == OPTION_KIND_SCOPES)
        list_add_words(out, text);
    else
        list_add(out, text);
    return true;
}

static bool set_value(const struct option_spec *spec, void *values, struct error *err)
{
    char *member = (char *)values + spec->offset;

    switch (spec->kind) {
    case OPTION_KIND_FLAG:
        *(bool *)member = true;
        return true;
    case OPTION_KIND_COUNT:
        (*(int *)member)++;
        return true;
    case OPTION_KIND_TEXT:
        return set_text(spec, optarg, (const char **)member, err);
    case OPTION_KIND_INTEGER:
        return set_integer(spec, optarg, (int64_t *)member, err);
    case OPTION_KIND_LIST:
    case OPTION_KIND_SCOPES:
        return add_text(spec, optarg, (struct list *)member, err);
    case OPTION_KIND_END:
        break;
    }
    return false;
}

/* `name` is "--" and what stands before "=". */
static bool fail_long(const struct parser *parser, const char *name, size_t length, struct error *err)
{
    struct suggestion suggestion = suggestion_start(name + 2, length - 2);
    _cleanup_free_ char *nearest = NULL;

    for (int i = 0; i < parser->count; i++) {
        const char *known = parser->specs[i]->name;

        if (strncmp(known, name + 2, length - 2) == 0) /* of one option alone it would be an abbreviation */
            return error_set(err, ERROR_USAGE, "ambiguous option %.*s", (int)length, name);
        suggestion_consider(&suggestion, known, strlen(known));
    }
    nearest = suggestion_text(&suggestion, "--", "");
    return error_set(err, ERROR_USAGE, "unknown option %.*s%s", (int)length, name, nearest);
}

/* What follows "=" may be a misplaced secret, so only the option's name is repeated. */
static bool fail_unknown(const struct parser *parser, char **argv, struct error *err)
{
    const char *text = argv[optind - 1];
    size_t length = strcspn(text, "=");

    if (optopt > ' ' && optopt < 0x7f)
        return error_set(err, ERROR_USAGE, "unknown option -%c", optopt);
    if (optopt != 0 && optopt < LONG_BASE) /* not ASCII: a part of a character, before which optind stands */
        return error_set(err, ERROR_USAGE, "unknown short option");
    if (optopt >= LONG_BASE)
        return error_set(err, ERROR_USAGE, "option %.*s takes no value", (int)length, text);
    return fail_long(parser, text, length, err);
}

static bool parse_one(const struct parser *parser, int found, char **argv, struct error *err)
{
    int index;

    if (found == '?')
        return fail_unknown(parser, argv, err);
    if (found == ':')
        return error_set(err, ERROR_USAGE, "option %s needs a value", argv[optind - 1]);
    index = found >= LONG_BASE ? found - LONG_BASE : find_letter(parser, found);
    return set_value(parser->specs[index], parser->values[index], err);
}

bool option_parse(int argc, char **argv, const struct option_target *targets, size_t target_count,
                  bool stop_at_operand, int *operands, struct error *err)
{
    struct parser parser = {.count = 0};
    int found;

    build(&parser, targets, target_count, stop_at_operand);
    opterr = 0;
    optind = 0; /* GNU: forget an earlier parse entirely */
    while ((found = getopt_long(argc, argv, parser.shorts, parser.longs, NULL)) != -1)
        if (!parse_one(&parser, found, argv, err))
            return false;
    *operands = optind;
    return true;
}

void option_release(const struct option_spec *specs, void *values)
{
    for (const struct option_spec *spec = specs; spec && spec->kind != OPTION_KIND_END; spec++)
        if (is_list(spec))
            list_release((struct list *)((char *)values + spec->offset));
}

char *option_synopsis(const struct option_spec *specs)
{
    _cleanup_list_ struct list words = LIST_EMPTY;

    for (const struct option_spec *spec = specs; spec && spec->kind != OPTION_KIND_END; spec++) {
        char letter[8] = "";
        _cleanup_free_ char *word = NULL;

        if (spec->letter)
            snprintf(letter, sizeof(letter), "-%c|", spec->letter);
        word = memory_format("[%s--%s%s%s]", letter, spec->name, spec->argument ? "=" : "",
                             spec->argument ? spec->argument : "");
        list_append(&words, word);
    }
    return list_join(&words, " ");
}

void option_print_help(const struct option_spec *specs, FILE *stream)
{
    for (const struct option_spec *spec = specs; spec && spec->kind != OPTION_KIND_END; spec++) {
        char letter[8] = "    ";
        char name[64];

        if (spec->letter)
            snprintf(letter, sizeof(letter), "-%c, ", spec->letter);
        snprintf(name, sizeof(name), "%s--%s%s%s", letter, spec->name, spec->argument ? " " : "",
                 spec->argument ? spec->argument : "");
        fprintf(stream, "  %-30s ", name);
        wrap_print(stream, spec->help, HELP_COLUMN, HELP_COLUMN);
    }
}
