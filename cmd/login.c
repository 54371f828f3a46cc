#include "cmd/login.h"

#include "cmd/ask.h"
#include "cmd/command.h"
#include "cmd/login_already.h"
#include "cmd/login_ask.h"
#include "cmd/login_progress.h"
#include "cmd/login_report.h"
#include "cmd/place.h"
#include "logto/scope.h"
#include "logto/sign_in_parameter.h"
#include "session/config.h"
#include "session/connector.h"
#include "session/credentials.h"
#include "session/sign_in_browser.h"
#include "session/sign_in_device.h"
#include "session/sign_in_machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOGIN_TIMEOUT 300 /* seconds */

struct login_options {
    const char *endpoint;
    const char *app_id;
    bool device;
    const char *device_app_id;
    bool machine;
    const char *app_secret_file;
    const char *connector;
    const char *sso;
    bool no_connector;
    bool sign_up;
    const char *login_hint;
    bool reauth;
    struct list scopes;
    struct list resources;
    bool organizations;
    bool only;
    int64_t port;
    bool no_browser;
    const char *store;
    int64_t timeout;
    bool insecure_http;
};

static const struct option_spec login_option_specs[] = {
    OPTION_TEXT(login_options, endpoint, "endpoint", "URL",
                "the Logto tenant, e.g. https://TENANT.logto.app"),
    OPTION_TEXT(login_options, app_id, "app-id", "ID", "the Logto application's id"),
    OPTION_FLAG(login_options, device, "device", "sign in with a browser on another device"),
    OPTION_TEXT(login_options, device_app_id, "device-app-id", "ID", "the id of the app for --device"),
    OPTION_FLAG(login_options, machine, "machine", "sign in as a machine-to-machine app, without a browser"),
    OPTION_WORD(login_options, app_secret_file, "app-secret-file", "FILE",
                "read the app's secret from FILE (- for stdin)", "@file"),
    OPTION_WORD(login_options, connector, "connector", "TARGET",
                "sign in with this social connector (default: google)", NULL),
    OPTION_TEXT(login_options, sso, "sso", "CONNECTOR_ID", "sign in with this enterprise SSO connector"),
    OPTION_FLAG(login_options, no_connector, "no-connector", "show Logto's full sign-in page"),
    OPTION_FLAG(login_options, sign_up, "sign-up", "start with Logto's sign-up page"),
    OPTION_TEXT(login_options, login_hint, "login-hint", "TEXT", "email address or username to fill in"),
    OPTION_FLAG(login_options, reauth, "reauth", "sign in again even if the browser is still signed in"),
    OPTION_SCOPES(login_options, scopes, "scope", "SCOPE", "also request this scope; may be repeated",
                  "@profile-scope|@scope"),
    OPTION_WORD_LIST(login_options, resources, "resource", "URI", "also request this API; may be repeated",
                     "@profile-resource|@resource"),
    OPTION_FLAG(login_options, organizations, "organizations", "also request organization tokens"),
    OPTION_FLAG(login_options, only, "only",
                "request the scopes and APIs given here instead of adding them to the profile's"),
    OPTION_INTEGER(login_options, port, "port", "N", "listen on this port only (default: 3000)", 1, 65535, 0),
    OPTION_FLAG(login_options, no_browser, "no-browser", "print the URL instead of opening a browser"),
    OPTION_WORD(login_options, store, "store", "NAME", "where to store the session: " STORE_NAMES,
                STORE_NAMES),
    OPTION_INTEGER(login_options, timeout, "timeout", "SECONDS",
                   "how long to wait for the browser (default: 300)", 1, 86400, LOGIN_TIMEOUT),
    OPTION_FLAG(login_options, insecure_http, "insecure-http", "allow an http endpoint that is not loopback"),
    OPTION_END,
};

/* Scopes and APIs of one tenant don't exist at another. */
static void clear_requests(struct profile *profile)
{
    list_release(&profile->scopes);
    list_release(&profile->resources);
    profile->organizations = false;
}

static bool apply_endpoint(struct profile *profile, const char *text, struct error *err)
{
    _cleanup_free_ char *before = memory_duplicate(profile->endpoint);

    if (!profile_set_endpoint(profile, text, err))
        return false;
    if (before && strcmp(before, profile->endpoint) != 0)
        clear_requests(profile);
    return true;
}

static void apply_app_id(struct profile *profile, const char *app_id)
{
    if (profile->app_id && strcmp(profile->app_id, app_id) != 0)
        clear_requests(profile);
    profile_set_text(&profile->app_id, app_id);
}

static bool apply_connector(struct profile *profile, const struct login_options *options, struct error *err)
{
    _cleanup_free_ char *sso = options->sso ? memory_format("sso:%s", options->sso) : NULL;
    const char *connector = options->no_connector ? "" : sso ? sso : options->connector;

    if ((options->no_connector || options->sign_up) + (options->sso != NULL) + (options->connector != NULL) >
        1)
        return error_set(
            err, ERROR_USAGE,
            "--connector and --sso cannot be used together, nor with --no-connector or --sign-up");
    if (!connector)
        return true;
    if (!logto_connector_check(connector, err))
        return false;
    profile_set_text(&profile->connector, connector);
    return true;
}

/* What the device flow has no use for must not be taken for granted. */
static bool check_device(const struct login_options *options, struct error *err)
{
    const char *other = options->app_id            ? "--app-id"
                        : options->app_secret_file ? "--app-secret-file"
                        : options->port            ? "--port"
                        : options->reauth          ? "--reauth"
                        : options->machine         ? "--machine"
                                                   : NULL;

    if (!options->device)
        return !options->device_app_id || error_set(err, ERROR_USAGE, "--device-app-id requires --device");
    if (!other)
        return true;
    error_set(err, ERROR_USAGE, "--device and %s cannot be used together", other);
    return options->app_id && error_hint(err, "the device flow has an app of its own: --device-app-id ID");
}

static bool apply_options(struct context *context, const struct login_options *options, struct error *err)
{
    struct profile *profile = &context->profile;

    profile->insecure_http |= options->insecure_http;
    if (!check_device(options, err) ||
        (options->endpoint && !apply_endpoint(profile, options->endpoint, err)) ||
        !apply_connector(profile, options, err))
        return false;
    if (options->app_id)
        apply_app_id(profile, options->app_id);
    if (options->device_app_id)
        profile_set_text(&profile->device_app_id, options->device_app_id);
    if (options->store)
        profile_set_text(&profile->store, options->store);
    if (options->port)
        profile->port = (uint16_t)options->port;
    if (options->only)
        clear_requests(profile);
    list_add_all(&profile->scopes, &options->scopes);
    list_add_all(&profile->resources, &options->resources);
    profile->organizations |= options->organizations;
    return true;
}

/*
 * The option goes before the environment; public apps have no secret. Where nothing but this sign-in names an
 * issuer, the environment's secret is meant for that one.
 */
static bool find_app_secret(const struct context *context, const struct login_options *options,
                            const char *own_issuer, struct secret **out, struct error *err)
{
    const char *issuer = context->profile.issuer;
    const char *variable = credentials_app_secret_variable();

    if (options->app_secret_file) {
        *out = ask_secret_file(options->app_secret_file, err);
        return *out != NULL;
    }
    if (!credentials_app_secret(own_issuer ? own_issuer : issuer, issuer, out, err))
        return false;
    if (!*out && variable)
        output_warning(&context->output, "%s is not used: it is meant for %s", variable, own_issuer);
    return true;
}

/* What a store does not protect from is said before it is written to. */
static bool warn_of_store(const struct context *context, struct error *err)
{
    const struct store_kind *kind = store_kind_find(store_kinds, context->profile.store, err);

    if (kind && kind->warning)
        output_warning(&context->output, "%s", kind->warning);
    return kind != NULL;
}

/* The file is read again: other processes may have changed its other profiles meanwhile. */
static bool save_profile(struct context *context, struct error *err)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    struct json *object;

    if (!config_edit(&config, context->interfaces.system, err))
        return false;
    object = config_ensure_profile(&config, context->profile.name);
    profile_write(&context->profile, object);
    if (json_string(object, "staleStore"))
        output_warning(&context->output,
                       "the earlier session is still in the store '%s': it could not be removed yet",
                       json_string(object, "staleStore"));
    return config_save(&config, err);
}

static void collect_requests(const struct profile *profile, bool machine, struct list *scopes,
                             struct list *resources)
{
    if (!machine)
        logto_add_default_scopes(scopes);
    list_add_all(scopes, &profile->scopes);
    list_add_all(resources, &profile->resources);
    if (profile->organizations && !machine)
        logto_add_organizations(scopes, resources);
}

static bool sign_in(const struct context *context, const struct login_options *options,
                    const char *own_issuer, struct sign_in_request *request, struct session *session,
                    struct error *err)
{
    struct sign_in_browser_options browser = {.port_fixed = options->port != 0,
                                              .open_browser = !options->no_browser,
                                              .host = place_host(),
                                              .paste_descriptor = isatty(STDIN_FILENO) ? STDIN_FILENO : -1};
    _cleanup_secret_ struct secret *app_secret = NULL;

    if (options->device)
        return sign_in_device(&context->interfaces, &context->profile, request, session, err);
    if (!find_app_secret(context, options, own_issuer, &app_secret, err))
        return false;
    request->app_secret = app_secret;
    if (!options->machine)
        return sign_in_browser(&context->interfaces, &context->profile, request, &browser, session, err);
    if (app_secret)
        return sign_in_machine(&context->interfaces, &context->profile, request, session, err);
    error_set(err, ERROR_USAGE, "--machine requires the secret of the app");
    return error_hint(err, "use --app-secret-file FILE, or LOGTO_APP_SECRET_FILE");
}

/*
 * Logto ignores a connector that the tenant doesn't have. The default one is nobody's choice, so its absence
 * is only said.
 */
static bool check_connector(const struct context *context, const struct login_options *options,
                            struct sign_in_request *request, struct error *err)
{
    bool chosen = options->connector || options->sso ||
                  strcmp(request->connector, PROFILE_DEFAULT_CONNECTOR) != 0;
    bool offered;

    if (!*request->connector)
        return true;
    if (!connector_check(&context->interfaces, &context->profile, request->connector, chosen, &offered, err))
        return false;
    if (!offered) {
        output_note(&context->output,
                    "The connector '%s' is not enabled at %s: Logto's own sign-in page comes up.",
                    request->connector, context->profile.endpoint);
        request->connector = "";
    }
    return true;
}

static bool run_sign_in(struct context *context, const struct login_options *options, const char *own_issuer,
                        bool first_time, struct error *err)
{
    const struct profile *profile = &context->profile;
    _cleanup_session_ struct session session = SESSION_EMPTY;
    _cleanup_list_ struct list scopes = LIST_EMPTY;
    _cleanup_list_ struct list resources = LIST_EMPTY;
    struct login_progress progress = {
        .output = &context->output, .profile = profile, .elsewhere = options->no_browser};
    struct sign_in_request request = {.scopes = &scopes,
                                      .resources = &resources,
                                      .connector = options->sign_up ? "" : profile->connector,
                                      .login_hint = options->login_hint,
                                      .sign_up = options->sign_up,
                                      .first_time = first_time,
                                      .reauthenticate = options->reauth,
                                      .timeout = options->timeout * 1000,
                                      .events = login_progress_events(&progress)};

    collect_requests(profile, options->machine, &scopes, &resources);
    if (!options->machine && !check_connector(context, options, &request, err))
        return false;
    progress.connector = request.connector;
    if (!sign_in(context, options, own_issuer, &request, &session, err))
        return false;
    if (!save_profile(context, err))
        return error_context(err, "you are signed in, but the profile was not saved");
    login_report(context, request.connector, &scopes, &session);
    return true;
}

/*
 * Tries before the sign-in what would fail after it: a config file that can't be written, a store that is
 * missing or stays locked. What the store holds is left as it is. *first_time: see struct sign_in_request.
 */
static bool check_config_and_store(struct context *context, bool *first_time, struct error *err)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    _cleanup_profile_ struct profile stored = PROFILE_EMPTY;

    if (!config_edit(&config, context->interfaces.system, err))
        return false;
    if (!config_read_profile(&config, context->profile.name, &stored, err))
        return false;
    config_release(&config); /* no other process is to wait while the user unlocks the store */
    *first_time = !stored.app_id || profile_is_moved(&stored, &context->profile) ||
                  list_missing(&context->profile.resources, &stored.resources);
    return (!profile_is_moved(&stored, &context->profile) ||
            session_check_none(&context->interfaces, &stored, err)) &&
           session_prepare(&context->interfaces, &context->profile, err);
}

static bool login_run(struct context *context, const void *values, const struct list *operands,
                      struct error *err)
{
    const struct login_options *options = values;
    _cleanup_free_ char *own_issuer = memory_duplicate(context->profile.issuer);
    bool first_time;

    (void)operands;
    if (!options->machine && !options->device && !options->no_browser && !place_check_browser(err))
        return false;
    if (!apply_options(context, options, err) ||
        !login_ask_missing(&context->profile, options->device, err) || !warn_of_store(context, err) ||
        !check_config_and_store(context, &first_time, err))
        return false;
    login_already(context, options->reauth);
    return run_sign_in(context, options, own_issuer, first_time, err);
}

bool login_for_token(struct context *context, const struct access_request *request, struct error *err)
{
    struct login_options options = {.organizations = request->organization_id != NULL,
                                    .timeout = LOGIN_TIMEOUT};
    bool json = context->output.json, ok;

    list_add_all(&options.scopes, &request->scopes);
    if (request->resource)
        list_add(&options.resources, request->resource);
    context->output.json = false; /* standard output is the token's */
    ok = login_run(context, &options, NULL, err);
    context->output.json = json;
    option_release(login_option_specs, &options);
    return ok;
}

const struct command login_command = {
    .name = "login",
    .summary = "Sign in with the browser and store the session",
    .description =
        "Opens the browser, by default at Google through Logto; waits for the redirect to "
        "http://localhost:3000/callback, verifies the ID token, and stores the session. The endpoint, the "
        "app and what was requested are saved in the profile, so the next time 'logto login' is enough.",
    .examples = "  logto login --endpoint https://TENANT.logto.app --app-id APP_ID\n"
                "  logto login --resource https://api.example.com --scope read:things\n"
                "  logto login --no-browser    (then paste the URL the browser ends up at)\n"
                "  logto login --device --device-app-id APP_ID",
    .options = login_option_specs,
    .options_size = sizeof(struct login_options),
    .run = login_run,
};
