#include "cmd/google.h"
#include "cmd/login_progress.h"
#include "cmd/place.h"
#include "session/config.h"
#include "session/consent.h"

#include <stdlib.h>
#include <unistd.h>

/*
 * The next sign-in with Google narrows the token again: then `login` can say what was lost, and this command
 * without --scope gets it back. A profile that is in no config file is not put there for that.
 */
static bool remember_scopes(const struct context *context, const struct list *scopes, struct error *err)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    const char *name = context->profile.name;

    if (!config_edit(&config, context->interfaces.system, err))
        return false;
    if (!config_profile(&config, name))
        return true;
    json_set_list(config_ensure_profile(&config, name), "googleScopes", scopes);
    return config_save(&config, err);
}

static void print_json(const struct context *context, const struct vault_token *token)
{
    _cleanup_json_ struct json *object = json_object();
    _cleanup_list_ struct list scopes = LIST_EMPTY;

    list_add_words(&scopes, token->scope);
    json_set_string(object, "profile", context->profile.name);
    json_set_string(object, "connector", "google");
    json_set_list(object, "scopes", &scopes);
    if (token->expires_at)
        json_set_integer(object, "expires_at", token->expires_at);
    else
        json_set_null(object, "expires_at");
    output_json(object);
}

static void report(const struct context *context, const struct list *scopes, const struct vault_token *token)
{
    const struct output *output = &context->output;
    struct error err;

    if (output->json)
        print_json(context, token);
    output_note(output, "Google granted: %s", token->scope ? token->scope : "(it does not say)");
    output_note(output, "The next sign-in with Google narrows the token again; then repeat this command.");
    if (!remember_scopes(context, scopes, &err))
        output_warning(output, "the scopes were not saved in the profile: %s", err.message);
}

bool google_authorize(struct context *context, const struct google_options *options, struct error *err)
{
    struct profile *profile = &context->profile;
    _cleanup_list_ struct list scopes = LIST_EMPTY;
    _cleanup_vault_token_ struct vault_token token = VAULT_TOKEN_EMPTY;
    struct login_progress progress = {
        .output = &context->output, .profile = profile, .google = true, .elsewhere = options->no_browser};
    struct consent_request request = {.target = "google",
                                      .connector_id = options->connector_id,
                                      .scopes = &scopes,
                                      .open_browser = !options->no_browser,
                                      .host = place_host(),
                                      .paste_descriptor = isatty(STDIN_FILENO) ? STDIN_FILENO : -1,
                                      .timeout = (options->timeout ? options->timeout : GOOGLE_TIMEOUT) *
                                                 1000,
                                      .events = login_progress_events(&progress)};

    if (options->port)
        profile->port = (uint16_t)options->port;
    list_add_all(&scopes, &profile->google_scopes);
    list_add_all(&scopes, &options->scopes);
    if (scopes.count == 0)
        return error_set(err, ERROR_USAGE, "'google authorize' requires --scope");
    if (!options->no_browser && !place_check_browser(err))
        return false;
    if (!consent_obtain(&context->interfaces, profile, &request, &token, err))
        return false;
    report(context, &scopes, &token);
    return true;
}
