#include "base/environment.h"
#include "cmd/command.h"
#include "cmd/describe.h"
#include "cmd/when.h"
#include "session/config.h"
#include "session/orphan.h"
#include "session/session_store.h"
#include "session/store_move.h"
#include "session/warm.h"

#include <stdio.h>
#include <string.h>

#define HEADING_INDENT 2 /* of what is wrong with a profile, if that takes more than a line */

/* One profile and its session. */
struct row {
    struct profile profile;
    bool orphan; /* a session that no profile names */
    bool signed_in;
    struct error err; /* code ERROR_NONE unless the profile or its store couldn't be read */
    struct session session;
    int64_t warm_until; /* 0: tokens can't be had without the store */
};

static const char *protection(const struct profile *profile)
{
    const struct store_kind *kind = profile->store ? store_kind_find(store_kinds, profile->store, NULL)
                                                   : NULL;

    return kind ? kind->protection : NULL;
}

static struct json *row_object(const struct row *row)
{
    const struct profile *profile = &row->profile;
    const struct session *session = &row->session;
    struct json *object = json_object();

    json_set_string(object, "profile", profile->name);
    json_set_boolean(object, "default", profile->is_default);
    json_set_boolean(object, "configured", !row->orphan);
    json_set_string(object, "endpoint", profile->endpoint);
    json_set_string(object, "issuer", profile->issuer);
    json_set_string(object, "app_id", profile_app(profile));
    json_set_string(object, "store", profile->store);
    json_set_string(object, "protection", protection(profile));
    json_set_boolean(object, "signed_in", row->signed_in);
    json_set_string(object, "sub", json_string(session->claims, "sub"));
    json_set_string(object, "name", json_string(session->claims, "name"));
    json_set_string(object, "email", json_string(session->claims, "email"));
    json_set_list(object, "scopes", &session->scopes);
    json_set_list(object, "resources", &session->resources);
    if (row->signed_in)
        json_set_integer(object, "expires_at", session_expires_at(session));
    else
        json_set_null(object, "expires_at");
    json_set_boolean(object, "refreshable", session->refresh_token || session->machine);
    json_set_boolean(object, "machine", session->machine);
    if (row->warm_until)
        json_set_integer(object, "warm_until", row->warm_until);
    else
        json_set_null(object, "warm_until");
    if (row->err.code)
        json_set(object, "error", output_error_object(&row->err));
    else
        json_set_null(object, "error");
    return object;
}

static void print_list(const struct output *output, const char *label, const struct list *list)
{
    _cleanup_free_ char *text = list_join(list, " ");

    if (list->count)
        output_field(output, label, text);
}

static void print_session(const struct context *context, const struct row *row)
{
    const struct output *output = &context->output;
    const struct session *session = &row->session;
    struct system *system = context->interfaces.system;
    int64_t now = system->now(system);
    int64_t expires_at = session_expires_at(session);
    _cleanup_free_ char *user = describe_session_user(session);
    _cleanup_free_ char *store = memory_format("%s (%s)", row->profile.store, protection(&row->profile));
    _cleanup_free_ char *when = when_describe(expires_at, now);
    _cleanup_free_ char *token = memory_format(
        "%s %s, %s", expires_at > now ? "expires" : "expired", when,
        session->refresh_token || session->machine ? "refreshable" : "not refreshable");

    output_field(output, "user", user);
    output_field(output, "store", store);
    print_list(output, "scopes", &session->scopes);
    print_list(output, "APIs", &session->resources);
    output_field(output, "token", token);
}

static void print_state(const struct output *output, const struct row *row, size_t column)
{
    if (row->err.code == ERROR_STORE_LOCKED)
        output_styled(output, stdout, OUTPUT_WARN, "locked");
    else if (row->err.code)
        output_wrapped(output, stdout, OUTPUT_BAD, row->err.message, column, HEADING_INDENT);
    else
        output_styled(output, stdout, row->signed_in ? OUTPUT_GOOD : OUTPUT_WARN,
                      row->signed_in ? "signed in" : "not signed in");
}

/* Also, and above all, where the store is locked. */
static void print_warm(const struct context *context, const struct row *row)
{
    struct system *system = context->interfaces.system;
    _cleanup_free_ char *when = when_describe(row->warm_until, system->now(system));
    _cleanup_free_ char *text = memory_format("tokens without asking the store; the last expires %s", when);

    if (row->warm_until)
        output_field(&context->output, "warm", text);
}

static void print_row(const struct context *context, const struct row *row)
{
    const struct output *output = &context->output;
    const struct profile *profile = &row->profile;
    const char *kind = row->orphan           ? " (not in the config file): "
                       : profile->is_default ? " (default): "
                                             : ": ";

    output_styled(output, stdout, OUTPUT_BOLD, profile->name);
    fputs(kind, stdout);
    print_state(output, row, output_width(profile->name) + strlen(kind));
    putchar('\n');
    output_field(output, "endpoint", profile->endpoint ? profile->endpoint : "(none)");
    output_field(output, "app", profile_app(profile) ? profile_app(profile) : "(none)");
    if (row->err.code == ERROR_STORE_LOCKED)
        output_field(output, "store", row->profile.store);
    if (row->err.hint[0])
        output_field(output, "hint", row->err.hint);
    else if (row->orphan)
        output_field(output, "hint", "logto logout --all");
    if (row->signed_in)
        print_session(context, row);
    print_warm(context, row);
}

static void read_session(const struct context *context, struct row *row)
{
    store_move_tidy(&context->interfaces, &row->profile);
    if (!row->profile.issuer || !profile_app(&row->profile))
        return;
    row->warm_until = warm_until(&context->interfaces, &row->profile);
    if (!session_find(&context->interfaces, &row->profile, &row->session, &row->signed_in, &row->err))
        row->signed_in = false;
}

/* An error stays in the row: one locked store must not hide the other profiles. */
static void read_row(const struct context *context, const struct config *config, const char *name,
                     struct row *row)
{
    if (!config_read_profile(config, name, &row->profile, &row->err))
        row->profile = (struct profile){.name = memory_duplicate(name),
                                        .is_default = strcmp(config_default_profile(config), name) == 0};
    else
        read_session(context, row);
}

/* Prints the row, or adds it to the array; releases it. */
static void report_row(const struct context *context, struct row *row, struct json *array)
{
    if (array)
        json_append(array, row_object(row));
    else
        print_row(context, row);
    session_release(&row->session);
    profile_release(&row->profile);
}

static void report_profile(const struct context *context, const struct config *config, const char *name,
                           struct json *array)
{
    struct row row = {.profile = PROFILE_EMPTY, .session = SESSION_EMPTY};

    read_row(context, config, name, &row);
    report_row(context, &row, array);
}

/* Sessions that no profile names any more. */
static void report_orphans(const struct context *context, const struct config *config, struct json *array)
{
    _cleanup_orphans_ struct orphans orphans = {NULL, 0};

    orphans_find(&context->interfaces, config, &orphans);
    for (size_t i = 0; i < orphans.count; i++) {
        struct row row = {.profile = orphans.profiles[i], .orphan = true, .session = SESSION_EMPTY};

        orphans.profiles[i] = (struct profile)PROFILE_EMPTY;
        read_session(context, &row);
        report_row(context, &row, array);
    }
}

/* A variable that overrides the config file is the most common reason for a surprising "not signed in". */
static void print_overriding_variables(const struct output *output)
{
    static const char *const variables[] = {"LOGTO_ENDPOINT",       "LOGTO_APP_ID", "LOGTO_PROFILE",
                                            "LOGTO_STORE",          "LOGTO_PAT",    "LOGTO_APP_SECRET",
                                            "LOGTO_APP_SECRET_FILE"};

    for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
        if (environment_value(variables[i]))
            output_note(output, "%s is set and overrides the values shown here.", variables[i]);
}

static bool status_run(struct context *context, const void *values, const struct list *operands,
                       struct error *err)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    _cleanup_list_ struct list names = LIST_EMPTY;
    _cleanup_json_ struct json *object = json_object();
    struct json *array = context->output.json ? json_array() : NULL;

    (void)values;
    (void)operands;
    if (!config_load(&config, err) ||
        (context->profile.name && !config_check_profile(&config, context->profile.name, err))) {
        json_free(&array);
        return false;
    }
    if (context->profile.name)
        list_append(&names, context->profile.name);
    else
        config_profile_names(&config, &names);
    for (size_t i = 0; i < names.count; i++)
        report_profile(context, &config, names.items[i], array);
    if (!context->profile.name)
        report_orphans(context, &config, array);
    if (array) {
        json_set(object, "profiles", array);
        output_json(object);
    } else if (names.count == 0) {
        output_note(&context->output, "No profiles yet. Run 'logto login' to create one.");
    }
    print_overriding_variables(&context->output);
    return true;
}

const struct command status_command = {
    .name = "status",
    .summary = "Show every profile, its user, and what the session covers",
    .description = "Reads the store; does not use the network. With --profile, shows only that profile.",
    .quiet = true,
    .profile = COMMAND_PROFILE_NAME,
    .reads_all_sessions = true,
    .run = status_run,
};
