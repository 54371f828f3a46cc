#include "cmd/complete.h"

#include "base/utf8.h"
#include "cmd/setup.h"
#include "logto/scope.h"
#include "session/config.h"
#include "session/organization.h"
#include "session/session_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The place of the last word, as the words before it determine it. */
struct place {
    struct context *context;
    const struct command *command;    /* NULL: its name is expected here */
    const struct option_spec *option; /* its value is expected here; or NULL */
    const char *profile;              /* the value of --profile, or NULL */
    const char *first_operand;        /* the command's first operand, or NULL */
    const char *operand;              /* its last one, or NULL */
    size_t operand_count;
    size_t other_program; /* the index of its name, counted from "logto" as 0; 0: there is none */
    bool options_ended;   /* by "--" */
    bool unknown;         /* no such command */
    const char *word;     /* the last word */
    size_t prefix;        /* what of it stands before the value: "--format=" */
    bool wants_files;
};

/* ---- one candidate ---- */

/* No newline, and nothing that controls a terminal. */
static bool is_plain(const char *text)
{
    _cleanup_free_ char *visible = utf8_visible(text);

    return strcmp(visible, text) == 0;
}

static void offer(const struct place *place, const char *candidate, const char *description)
{
    if (is_plain(candidate))
        printf("%.*s%s%s%s\n", (int)place->prefix, place->word, candidate, description ? "\t" : "",
               description ? description : "");
}

static void offer_list(const struct place *place, const struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        offer(place, list->items[i], NULL);
}

/* ---- values from elsewhere ---- */

static void offer_commands(const struct place *place)
{
    for (const struct command *const *command = commands; *command; command++)
        offer(place, (*command)->name, (*command)->summary);
}

static void offer_profiles(const struct place *place)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    _cleanup_list_ struct list names = LIST_EMPTY;
    struct error err;

    if (!config_load(&config, &err))
        return;
    config_profile_names(&config, &names);
    offer_list(place, &names);
}

static bool use_profile(const struct place *place)
{
    struct error err;

    return setup_profile(place->context, COMMAND_PROFILE, place->profile, &err);
}

/* Whether the profile has a session that can be read at once. */
static bool find_session(const struct place *place, struct session *out)
{
    struct error err;
    bool found = false;

    if (!use_profile(place) || !session_check_profile(&place->context->profile, &err))
        return false;
    return session_find(&place->context->interfaces, &place->context->profile, out, &found, &err) && found;
}

static void offer_profile_resources(const struct place *place)
{
    if (use_profile(place))
        offer_list(place, &place->context->profile.resources);
}

static void offer_profile_scopes(const struct place *place)
{
    if (use_profile(place))
        offer_list(place, &place->context->profile.scopes);
}

static void offer_resources(const struct place *place)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;

    if (!find_session(place, &session))
        return;
    for (size_t i = 0; i < session.resources.count; i++)
        if (strcmp(session.resources.items[i], LOGTO_RESOURCE_ORGANIZATIONS) != 0) /* --organizations */
            offer(place, session.resources.items[i], NULL);
}

static void offer_scopes(const struct place *place)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;

    if (find_session(place, &session))
        offer_list(place, &session.scopes);
}

/* Each by its name, where that is known and of one only, and by its id. */
static void offer_organizations(const struct place *place)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;
    _cleanup_list_ struct list ids = LIST_EMPTY;

    if (!find_session(place, &session))
        return;
    organization_ids(&session, &ids);
    for (size_t i = 0; i < ids.count; i++) {
        const char *name = organization_name(&session, ids.items[i]);

        if (name && organization_name_is_unique(&session, name))
            offer(place, name, ids.items[i]);
        offer(place, ids.items[i], name);
    }
}

static const struct source {
    const char *name;
    void (*offer)(const struct place *place);
} sources[] = {
    {"@command", offer_commands},
    {"@profile", offer_profiles},
    {"@profile-resource", offer_profile_resources},
    {"@profile-scope", offer_profile_scopes},
    {"@resource", offer_resources},
    {"@scope", offer_scopes},
    {"@organization", offer_organizations},
};

/* ---- values from an option table ---- */

static void offer_word(struct place *place, const char *word)
{
    if (word[0] != '@')
        offer(place, word, NULL);
    else if (strcmp(word, "@file") == 0)
        place->wants_files = true;
    for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
        if (strcmp(word, sources[i].name) == 0)
            sources[i].offer(place);
}

/* `words` as option_spec has them. */
static void offer_words(struct place *place, const char *words)
{
    _cleanup_free_ char *copy = memory_duplicate(words);
    char *rest = copy;

    for (char *word; rest && (word = strsep(&rest, "|"));)
        offer_word(place, word);
}

/* Whether the operands so far are `after`: none, one, or two with a space between them. */
static bool stands_after(const struct place *place, const char *after)
{
    size_t length = after ? strcspn(after, " ") : 0;

    if (!after || place->operand_count == 0)
        return !after && place->operand_count == 0;
    if (!after[length])
        return place->operand_count == 1 && strcmp(after, place->operand) == 0;
    return place->operand_count == 2 && strncmp(after, place->first_operand, length) == 0 &&
           !place->first_operand[length] && strcmp(after + length + 1, place->operand) == 0;
}

static void offer_operand(struct place *place)
{
    const struct operand_words *row = place->command->operand_words;

    for (; row && row->words; row++)
        if (stands_after(place, row->after))
            offer_words(place, row->words);
}

static void offer_options(const struct place *place, const struct option_spec *specs)
{
    for (const struct option_spec *spec = specs; spec && spec->kind != OPTION_KIND_END; spec++) {
        char name[64];

        if (spec->letter) {
            snprintf(name, sizeof(name), "-%c", spec->letter);
            offer(place, name, spec->help);
        }
        snprintf(name, sizeof(name), "--%s", spec->name);
        offer(place, name, spec->help);
    }
}

/* ---- reading the words ---- */

static const struct option_spec *find_long(const struct option_spec *specs, const char *name, size_t length)
{
    for (const struct option_spec *spec = specs; spec && spec->kind != OPTION_KIND_END; spec++)
        if (strlen(spec->name) == length && strncmp(spec->name, name, length) == 0)
            return spec;
    return NULL;
}

static const struct option_spec *find_letter(const struct option_spec *specs, char letter)
{
    for (const struct option_spec *spec = specs; spec && spec->kind != OPTION_KIND_END; spec++)
        if (spec->letter == letter)
            return spec;
    return NULL;
}

/* "--name" or "--name=value"; *value is NULL without one. */
static const struct option_spec *read_long(const struct place *place, const char *word, const char **value)
{
    const char *name = word + 2;
    size_t length = strcspn(name, "=");
    const struct option_spec *spec = find_long(global_option_specs, name, length);

    if (!spec && place->command)
        spec = find_long(place->command->options, name, length);
    *value = name[length] ? name + length + 1 : NULL;
    return spec;
}

/* "-qp value" or "-qpvalue": flags, then perhaps one that takes a value. */
static const struct option_spec *read_short(const struct place *place, const char *word, const char **value)
{
    for (const char *letter = word + 1; *letter; letter++) {
        const struct option_spec *spec = find_letter(global_option_specs, *letter);

        if (!spec && place->command)
            spec = find_letter(place->command->options, *letter);
        if (!spec || !option_takes_value(spec))
            continue;
        *value = letter[1] ? letter + 1 : NULL;
        return spec;
    }
    return NULL;
}

/* The option with a value in this word, or in the next (*value is NULL); NULL when there is none. */
static const struct option_spec *read_option(const struct place *place, const char *word, const char **value)
{
    const struct option_spec *spec = word[1] == '-' ? read_long(place, word, value)
                                                    : read_short(place, word, value);

    return spec && option_takes_value(spec) ? spec : NULL;
}

static void take_value(struct place *place, const struct option_spec *spec, const char *value)
{
    place->option = value ? NULL : spec;
    if (value && spec->words && strcmp(spec->words, "@profile") == 0)
        place->profile = value;
}

static void take_operand(struct place *place, const char *word, size_t index)
{
    if (place->command) {
        if (place->operand_count++ == 0)
            place->first_operand = word;
        place->operand = word;
        if (place->command->stops_at_operand)
            place->other_program = index;
        return;
    }
    place->command = command_find(word);
    place->unknown = !place->command;
    place->options_ended = false; /* a "--" before the command ends the options there only */
}

static bool is_option(const struct place *place, const char *word)
{
    return word[0] == '-' && !place->options_ended;
}

/* A word before the last one. */
static void take_word(struct place *place, const char *word, size_t index)
{
    const char *value;
    const struct option_spec *spec;

    if (place->option)
        take_value(place, place->option, word);
    else if (strcmp(word, "--") == 0 && !place->options_ended)
        place->options_ended = true;
    else if (!is_option(place, word) || strcmp(word, "-") == 0)
        take_operand(place, word, index);
    else if ((spec = read_option(place, word, &value)))
        take_value(place, spec, value);
}

/* The last word is an option, or an option with its value. */
static void offer_at_option(struct place *place)
{
    const char *value = NULL;
    const struct option_spec *spec = read_option(place, place->word, &value);

    if (spec && value) {
        place->prefix = (size_t)(value - place->word);
        offer_words(place, spec->words);
        return;
    }
    offer_options(place, global_option_specs);
    if (place->command)
        offer_options(place, place->command->options);
}

static void offer_at(struct place *place, size_t index)
{
    if (place->unknown || place->other_program)
        return;
    if (place->option)
        offer_words(place, place->option->words);
    else if (is_option(place, place->word))
        offer_at_option(place);
    else if (!place->command)
        offer_commands(place);
    else if (place->command->stops_at_operand)
        place->other_program = index;
    else
        offer_operand(place);
}

static void print_directive(const struct place *place)
{
    if (place->other_program)
        printf(":command %zu\n", place->other_program);
    else if (place->wants_files)
        printf(":files %zu\n", place->prefix);
    else
        puts(":none");
}

void complete_print(struct context *context, char *const *words, size_t count)
{
    struct place place = {.context = context, .word = count ? words[count - 1] : ""};

    for (size_t i = 0; i + 1 < count && !place.unknown && !place.other_program; i++)
        take_word(&place, words[i], i + 1);
    offer_at(&place, count);
    print_directive(&place);
}
