#include "cmd/browser_url.h"
#include "cmd/command.h"
#include "session/browser_sign_out.h"
#include "session/config.h"
#include "session/orphan.h"
#include "session/sibling.h"
#include "session/sign_out.h"
#include "session/store_move.h"

/* Ending a session at Logto takes no clicks, so the browser returns at once or never; ms. */
#define BROWSER_TIMEOUT 60000

struct logout_options {
    bool local;
    bool all;
    bool browser;
};

static const struct option_spec logout_option_specs[] = {
    OPTION_FLAG(logout_options, local, "local", "delete the session without revoking it at Logto"),
    OPTION_FLAG(logout_options, all, "all", "sign out every profile"),
    OPTION_FLAG(logout_options, browser, "browser", "also end the browser's session at Logto"),
    OPTION_END,
};

/* A profile that was never used has no session to end; that is not an error. */
static bool end_session(const struct context *context, const struct profile *profile, bool local,
                        enum sign_out_result *result, struct error *err)
{
    *result = SIGN_OUT_NOT_SIGNED_IN;
    if (!profile->issuer || !profile_app(profile))
        return true;
    store_move_tidy(&context->interfaces, profile);
    return sign_out(&context->interfaces, profile, local, result, err);
}

static void print_text(const struct context *context, const struct profile *profile,
                       enum sign_out_result result)
{
    if (result == SIGN_OUT_NOT_SIGNED_IN)
        output_note(&context->output, "Not signed in (profile '%s').", profile->name);
    else
        output_note(&context->output, "Signed out of %s (profile '%s').", profile->endpoint, profile->name);
    if (result == SIGN_OUT_MACHINE)
        output_note(&context->output,
                    "Tokens already issued to the app cannot be revoked; they stay valid until they expire.");
}

static struct json *result_object(const struct profile *profile, enum sign_out_result result)
{
    struct json *object = json_object();

    json_set_string(object, "profile", profile->name);
    json_set_string(object, "endpoint", profile->endpoint);
    json_set_boolean(object, "signed_out", result != SIGN_OUT_NOT_SIGNED_IN);
    return object;
}

/* Those whose grant is revoked too; a config file that can't be read names none. */
static void find_siblings(const struct context *context, struct list *siblings)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;

    if (config_load(&config, NULL))
        siblings_find(&context->interfaces, &config, &context->profile, siblings);
}

static void print_siblings(const struct context *context, const struct list *siblings)
{
    for (size_t i = 0; i < siblings->count; i++)
        output_note(&context->output,
                    "The session of the profile '%s' may have ended too: it is of the same app and user.",
                    siblings->items[i]);
}

static bool sign_out_one(const struct context *context, bool local, struct error *err)
{
    const struct profile *profile = &context->profile;
    _cleanup_json_ struct json *object = NULL;
    _cleanup_list_ struct list siblings = LIST_EMPTY;
    enum sign_out_result result;

    if (!local)
        find_siblings(context, &siblings);
    if (!end_session(context, profile, local, &result, err))
        return false;
    if (context->output.json) {
        object = result_object(profile, result);
        json_set_list(object, "may_have_ended", &siblings);
        output_json(object);
    } else {
        print_text(context, profile, result);
        print_siblings(context, &siblings);
    }
    return true;
}

/* A failure is reported and doesn't stop the others; the first one gives the exit status. */
static void report_outcome(const struct context *context, const struct profile *profile,
                           enum sign_out_result result, const struct error *err, struct json *array,
                           struct error *first)
{
    struct json *object = result_object(profile, result);

    if (err->code)
        json_set(object, "error", output_error_object(err));
    else
        json_set_null(object, "error");
    json_append(array, object);
    if (err->code && first->code == ERROR_NONE)
        error_set_reported(first, err->code);
    if (context->output.json)
        return;
    if (err->code)
        output_error(&context->output, err, NULL);
    else
        print_text(context, profile, result);
}

static void sign_out_profile(const struct context *context, const struct profile *profile, bool local,
                             struct json *array, struct error *first)
{
    struct error err = {.code = ERROR_NONE};
    enum sign_out_result result;

    (void)end_session(context, profile, local, &result, &err);
    report_outcome(context, profile, result, &err, array, first);
}

static void sign_out_named(const struct context *context, const struct config *config, const char *name,
                           bool local, struct json *array, struct error *first)
{
    _cleanup_profile_ struct profile profile = {.name = memory_duplicate(name)};
    struct error err = {.code = ERROR_NONE};

    if (config_read_profile(config, name, &profile, &err))
        sign_out_profile(context, &profile, local, array, first);
    else
        report_outcome(context, &profile, SIGN_OUT_NOT_SIGNED_IN, &err, array, first);
}

static void sign_out_orphans(const struct context *context, const struct config *config, bool local,
                             struct json *array, struct error *first)
{
    _cleanup_orphans_ struct orphans orphans = {NULL, 0};

    orphans_find(&context->interfaces, config, &orphans);
    for (size_t i = 0; i < orphans.count; i++)
        sign_out_profile(context, &orphans.profiles[i], local, array, first);
}

static bool sign_out_all(const struct context *context, bool local, struct error *err)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    _cleanup_list_ struct list names = LIST_EMPTY;
    _cleanup_json_ struct json *object = json_object();
    struct json *array = json_array();
    struct error first = {.code = ERROR_NONE};

    json_set(object, "profiles", array);
    if (!config_load(&config, err))
        return false;
    config_profile_names(&config, &names);
    for (size_t i = 0; i < names.count; i++)
        sign_out_named(context, &config, names.items[i], local, array, &first);
    sign_out_orphans(context, &config, local, array, &first);
    if (context->output.json)
        output_json(object);
    if (first.code)
        *err = first;
    return first.code == ERROR_NONE;
}

struct browser_progress {
    const struct output *output;
    struct browser_url_shown shown;
};

static void waiting(void *data, const struct sign_in_urls *urls, const char *why)
{
    struct browser_progress *progress = data;

    output_note(progress->output, "Ending the browser's session at Logto.");
    browser_url_print(progress->output, urls, false, why, &progress->shown);
}

static void unvisited(void *data, const char *full)
{
    struct browser_progress *progress = data;

    browser_url_print_unvisited(progress->output, full, &progress->shown);
}

static bool sign_out_browser(const struct context *context, struct error *err)
{
    struct browser_progress progress = {.output = &context->output};
    struct browser_sign_out_options options = {
        .timeout = BROWSER_TIMEOUT, .waiting = waiting, .unvisited = unvisited, .data = &progress};
    bool confirmed;

    if (!context->profile.issuer || !profile_app(&context->profile))
        return true;
    if (!browser_sign_out(&context->interfaces, &context->profile, &options, &confirmed, err))
        return false;
    if (confirmed)
        output_note(&context->output, "The browser is signed out at Logto.");
    else
        output_note(
            &context->output,
            "Port %u is in use, so the browser does not return here: Logto's own page ends its session.",
            context->profile.port);
    return true;
}

static bool logout_run(struct context *context, const void *values, const struct list *operands,
                       struct error *err)
{
    const struct logout_options *options = values;

    (void)operands;
    if (options->all && options->browser)
        return error_set(err, ERROR_USAGE, "--all and --browser cannot be used together");
    if (options->all)
        return sign_out_all(context, options->local, err);
    return sign_out_one(context, options->local, err) &&
           (!options->browser || sign_out_browser(context, err));
}

const struct command logout_command = {
    .name = "logout",
    .summary = "Revoke the session at Logto and delete it",
    .description =
        "JWT access tokens already issued stay valid until they expire. The browser stays signed in "
        "at Logto unless --browser is given.",
    .options = logout_option_specs,
    .options_size = sizeof(struct logout_options),
    .run = logout_run,
};
