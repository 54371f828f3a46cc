#include "base/file.h"
#include "cmd/command.h"
#include "cmd/profile_list.h"
#include "cmd/suggest.h"
#include "session/config.h"
#include "session/profile_key.h"
#include "session/sign_out.h"
#include "session/store_move.h"
#include "session/warm.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PROFILE_ACTIONS "list|show|use|set|unset|remove|path"

static bool list_profiles(struct context *context, const struct list *operands, struct error *err)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    _cleanup_list_ struct list names = LIST_EMPTY;

    (void)operands;
    if (!config_load(&config, err))
        return false;
    config_profile_names(&config, &names);
    profile_list_print(&context->output, &config, &names);
    if (names.count == 0)
        output_note(&context->output, "No profiles yet. Run 'logto login' to create one.");
    return true;
}

static const char *chosen_name(const struct context *context, const struct config *config)
{
    return context->profile.name ? context->profile.name : config_default_profile(config);
}

/* What --json prints: every key with the value that is in effect. */
static struct json *profile_object(const struct profile *profile)
{
    struct json *object = json_object();

    json_set_string(object, "profile", profile->name);
    json_set_boolean(object, "default", profile->is_default);
    json_set_string(object, "endpoint", profile->endpoint);
    json_set_string(object, "issuer", profile->issuer);
    json_set_string(object, "app_id", profile->app_id);
    json_set_string(object, "device_app_id", profile->device_app_id);
    json_set_list(object, "scopes", &profile->scopes);
    json_set_list(object, "resources", &profile->resources);
    json_set_boolean(object, "organizations", profile->organizations);
    json_set_string(object, "connector", profile->connector);
    json_set_list(object, "google_scopes", &profile->google_scopes);
    json_set_integer(object, "port", profile->port);
    json_set_string(object, "store", profile->store);
    json_set_integer(object, "passphrase_cache", profile->passphrase_cache);
    json_set_boolean(object, "warm", profile->warm);
    json_set_boolean(object, "insecure_http", profile->insecure_http);
    return object;
}

static void print_key(const struct output *output, const struct json *stored, const char *key,
                      const char *value)
{
    char label[24];

    snprintf(label, sizeof(label), "  %-16s", key);
    output_styled(output, stdout, OUTPUT_DIM, label);
    output_wrapped(output, stdout, OUTPUT_PLAIN, value && *value ? value : "(none)", strlen(label),
                   strlen(label));
    if (!json_member(stored, key))
        output_styled(output, stdout, OUTPUT_DIM, " (default)");
    putchar('\n');
}

static void print_list_key(const struct output *output, const struct json *stored, const char *key,
                           const struct list *list)
{
    _cleanup_free_ char *text = list_join(list, " ");

    print_key(output, stored, key, text);
}

static void print_number_key(const struct output *output, const struct json *stored, const char *key,
                             int64_t number)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRId64, number);
    print_key(output, stored, key, text);
}

static void print_switch_key(const struct output *output, const struct json *stored, const char *key, bool on)
{
    print_key(output, stored, key, on ? "true" : "false");
}

/* Every key, in the order of logto-config(5). */
static void print_keys(const struct output *output, const struct profile *profile, const struct json *stored)
{
    output_styled(output, stdout, OUTPUT_BOLD, profile->name);
    puts(profile->is_default ? " (default)" : "");
    print_key(output, stored, "endpoint", profile->endpoint);
    print_key(output, stored, "appId", profile->app_id);
    print_key(output, stored, "deviceAppId", profile->device_app_id);
    print_list_key(output, stored, "scopes", &profile->scopes);
    print_list_key(output, stored, "resources", &profile->resources);
    print_switch_key(output, stored, "organizations", profile->organizations);
    print_key(output, stored, "connector", profile->connector);
    print_list_key(output, stored, "googleScopes", &profile->google_scopes);
    print_number_key(output, stored, "port", profile->port);
    print_key(output, stored, "store", profile->store);
    print_number_key(output, stored, "passphraseCache", profile->passphrase_cache);
    print_switch_key(output, stored, "warm", profile->warm);
    print_switch_key(output, stored, "insecureHttp", profile->insecure_http);
}

static bool show_profile(struct context *context, const struct list *operands, struct error *err)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    _cleanup_profile_ struct profile profile = PROFILE_EMPTY;
    const char *name;

    (void)operands;
    if (!config_load(&config, err))
        return false;
    name = chosen_name(context, &config);
    if (!config_check_profile(&config, name, err) || !config_read_profile(&config, name, &profile, err))
        return false;
    if (context->output.json) {
        _cleanup_json_ struct json *object = profile_object(&profile);

        output_json(object);
    } else {
        print_keys(&context->output, &profile, config_profile(&config, name));
    }
    return true;
}

/* Also of a file that is damaged or not there yet: that is when it is wanted. */
static bool print_path(struct context *context, const struct list *operands, struct error *err)
{
    _cleanup_free_ char *path = file_path(FILE_CONFIG, "config.json", err);

    (void)operands;
    if (!path)
        return false;
    if (context->output.json) {
        _cleanup_json_ struct json *object = json_object();

        json_set_string(object, "path", path);
        output_json(object);
        return true;
    }
    return output_bytes(path, strlen(path), err) && output_bytes("\n", 1, err);
}

static bool use_profile(struct context *context, const struct list *operands, struct error *err)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    const char *name = operands->items[1];

    if (!config_edit(&config, context->interfaces.system, err) || !config_check_profile(&config, name, err))
        return false;
    config_set_default_profile(&config, name);
    if (!config_save(&config, err))
        return false;
    output_note(&context->output, "The default profile is now '%s'.", name);
    return true;
}

/*
 * A session must not be left where no command looks for it. On a machine without the store there is none to
 * leave; should there be one after all, 'logto status' finds it.
 */
static bool check_reachable(const struct context *context, const struct profile *before,
                            const struct profile *after, struct error *err)
{
    bool moved = profile_is_moved(before, after);

    if ((!moved && strcmp(before->store, after->store) == 0) ||
        session_check_none(&context->interfaces, before, err) || err->code == ERROR_STORE_UNAVAILABLE)
        return true;
    if (!moved && err->code == ERROR_CONFIG)
        error_hint(err, "move the session: logto login --store NAME --profile %s", before->name);
    return false;
}

/* Sets, or without `text` unsets, a key of the chosen profile. */
static bool change_key(const struct context *context, const char *key, const char *text, struct error *err)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    _cleanup_profile_ struct profile before = PROFILE_EMPTY, after = PROFILE_EMPTY;
    const char *name;
    struct json *object;
    bool readable;

    if (!config_edit(&config, context->interfaces.system, err))
        return false;
    name = chosen_name(context, &config);
    if (!text && !config_check_profile(&config, name, err))
        return false;
    readable = config_read_profile(&config, name, &before, NULL); /* or this may be what puts it right */
    if (readable)
        warm_drop(&before);
    object = config_ensure_profile(&config, name);
    if (!(text ? profile_key_set(object, key, text, err) : profile_key_unset(object, key, err)) ||
        !config_read_profile(&config, name, &after, err) ||
        (readable && !check_reachable(context, &before, &after, err)) || !config_save(&config, err))
        return false;
    output_note(&context->output, text ? "Set %s in the profile '%s'." : "Unset %s in the profile '%s'.", key,
                name);
    return true;
}

static bool set_key(struct context *context, const struct list *operands, struct error *err)
{
    return change_key(context, operands->items[1], operands->items[2], err);
}

static bool unset_key(struct context *context, const struct list *operands, struct error *err)
{
    return change_key(context, operands->items[1], NULL, err);
}

/* Without its profile a session could not be revoked any more, so it is ended first; a failure leaves both.
 */
static bool sign_out_first(const struct context *context, const char *name, struct error *err)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    _cleanup_profile_ struct profile profile = PROFILE_EMPTY;
    enum sign_out_result result = SIGN_OUT_NOT_SIGNED_IN;

    if (!config_load(&config, err) || !config_check_profile(&config, name, err) ||
        !config_read_profile(&config, name, &profile, err))
        return false;
    if (!profile.issuer || !profile_app(&profile))
        return true;
    store_move_tidy(&context->interfaces, &profile);
    if (!sign_out(&context->interfaces, &profile, false, &result, err)) {
        error_context(err, "profile '%s' was not removed", name);
        return error_exit_status(err->code) == error_exit_status(ERROR_NETWORK)
                   ? error_hint(err, "try again later, or first: logto logout --local --profile %s", name)
                   : false;
    }
    if (result != SIGN_OUT_NOT_SIGNED_IN)
        output_note(&context->output, "Signed out of %s.", profile.endpoint);
    return true;
}

static bool remove_profile(struct context *context, const struct list *operands, struct error *err)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    const char *name = operands->items[1];

    if (!sign_out_first(context, name, err) || !config_edit(&config, context->interfaces.system, err))
        return false;
    config_remove_profile(&config, name);
    if (!config_save(&config, err))
        return false;
    output_note(&context->output, "Removed profile '%s'.", name);
    return true;
}

static const struct {
    const char *name;
    const char *operands;
    size_t count; /* of operands, the action's name included */
    bool (*run)(struct context *context, const struct list *operands, struct error *err);
} actions[] = {
    {"list", "", 1, list_profiles},   {"show", "", 1, show_profile},
    {"use", " NAME", 2, use_profile}, {"set", " KEY VALUE", 3, set_key},
    {"unset", " KEY", 2, unset_key},  {"remove", " NAME", 2, remove_profile},
    {"path", "", 1, print_path},
};

static bool profile_run(struct context *context, const void *values, const struct list *operands,
                        struct error *err)
{
    const char *action = operands->count ? operands->items[0] : "list";

    (void)values;
    for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
        if (strcmp(actions[i].name, action) != 0)
            continue;
        if (operands->count != actions[i].count && operands->count != 0)
            return error_set(err, ERROR_USAGE, "usage: logto profile %s%s", action, actions[i].operands);
        return actions[i].run(context, operands, err);
    }
    return suggestion_fail_action("profile", PROFILE_ACTIONS, action, err);
}

static const struct operand_words profile_operand_words[] = {
    {NULL, PROFILE_ACTIONS},
    {"use", "@profile"},
    {"set", PROFILE_KEYS},
    {"unset", PROFILE_KEYS},
    {"remove", "@profile"},
    {"set organizations", "true|false"},
    {"set warm", "true|false"},
    {"set insecureHttp", "true|false"},
    {"set store", "keyring|file|plaintext"},
    {NULL, NULL},
};

const struct command profile_command = {
    .name = "profile",
    .summary = "List, select and change profiles",
    .operands = "[list | show | path | use NAME | set KEY VALUE | unset KEY | remove NAME]",
    .operands_maximum = 3,
    .operand_words = profile_operand_words,
    .description =
        "A profile is a name for an endpoint, an app and what to request. 'show', 'set' and 'unset' are "
        "about the profile given with --profile, or else the default one. Keys: endpoint, appId, "
        "deviceAppId, "
        "scopes, resources, organizations, connector, port, store, passphraseCache, insecureHttp, "
        "googleScopes, warm. 'remove' signs the profile out first; if that fails, the profile and its "
        "session are kept. 'path' prints where the profiles are.",
    .examples = "  logto profile use work\n"
                "  logto -p work profile show\n"
                "  logto -p work profile set resources https://api.example.com",
    .profile = COMMAND_PROFILE_NAME,
    .run = profile_run,
};
