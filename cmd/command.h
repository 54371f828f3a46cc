/*
 * What a verb is: a name, a table of options, a function. One file per verb holds one `const struct
 * command`.
 */
#pragma once

#include "base/error.h"
#include "base/list.h"
#include "cmd/option.h"
#include "cmd/output.h"
#include "session/interfaces.h"

#include <stdbool.h>

/* What must be known before a verb runs. */
enum command_profile {
    COMMAND_PROFILE,      /* the profile, resolved from options, environment and config file */
    COMMAND_PROFILE_NAME, /* only its name if one was given; the verb reads the config file itself */
    COMMAND_NO_PROFILE    /* nothing: the config file isn't opened */
};

/* What a verb works with. */
struct context {
    struct interfaces interfaces;
    struct profile profile; /* resolved from options, environment and config file */
    struct output output;
};

/*
 * What may stand behind `after`, one operand or two with a space between them (NULL: in the first place), in
 * the form of option_spec.words.
 */
struct operand_words {
    const char *after;
    const char *words;
};

struct command {
    const char *name;
    const char *summary;               /* one line, for the list of commands */
    const char *operands;              /* "[TOKEN]", "-- COMMAND [ARGS…]"; NULL when there are none */
    const char *description;           /* what --help says between usage and options; NULL for the summary */
    const char *examples;              /* lines for the end of --help, or NULL */
    const struct option_spec *options; /* ends in OPTION_END; may be NULL */
    size_t options_size;               /* of the struct that the options fill */
    int operands_minimum, operands_maximum;
    const struct operand_words *operand_words; /* for completion; ends in {NULL, NULL}; NULL: anything */
    bool stops_at_operand;                     /* what follows the first operand belongs to it (exec) */
    bool quiet; /* no store is unlocked for it: what is locked is shown as locked */
    enum command_profile profile;
    int store_timeout;       /* ms that a store may take; 0: as long as a user may take to unlock it */
    bool reads_all_sessions; /* and changes none */
    bool (*run)(struct context *context, const void *options, const struct list *operands, struct error *err);
};

/* All verbs in the order in which help lists them; the last entry is NULL. */
extern const struct command *const commands[];

/* The verb of this name, or NULL. */
const struct command *command_find(const char *name);

/* The same, but fails with ERROR_USAGE, which names the nearest verb when one is close. */
const struct command *command_require(const char *name, struct error *err);

extern const struct command login_command;
extern const struct command logout_command;
extern const struct command whoami_command;
extern const struct command token_command;
extern const struct command inspect_command;
extern const struct command status_command;
extern const struct command profile_command;
extern const struct command exec_command;
extern const struct command api_command;
extern const struct command google_command;
extern const struct command doctor_command;
extern const struct command completion_command;
extern const struct command help_command;
extern const struct command version_command;
