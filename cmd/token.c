#include "base/environment.h"
#include "base/lock.h"
#include "cmd/access_option.h"
#include "cmd/login.h"
#include "cmd/token_format.h"
#include "session/access.h"

#include <string.h>
#include <unistd.h>

struct token_options {
    struct access_request request;
    bool id_token;
    const char *format;
    bool login;
};

static const struct option_spec token_option_specs[] = {
    ACCESS_OPTIONS(token_options),
    OPTION_FLAG(token_options, id_token, "id-token", "print the ID token instead of an access token"),
    OPTION_WORD(token_options, format, "format", "FORMAT",
                "output format: token, header, json, env or exec-credential",
                "token|header|json|env|exec-credential"),
    OPTION_FLAG(token_options, login, "login",
                "sign in first when nobody is signed in and a user is present"),
    OPTION_END,
};

static const char *choose_format(const struct context *context, const struct token_options *options)
{
    return options->format ? options->format : context->output.json ? "json" : "token";
}

/* Kubernetes expects an ID token, unless a token for an API is requested. */
static bool wants_id_token(const struct token_options *options, const char *format)
{
    const struct access_request *request = &options->request;

    return options->id_token || (strcmp(format, "exec-credential") == 0 && !request->resource &&
                                 !request->organization_id && !access_is_machine());
}

static bool check_options(const struct token_options *options, struct error *err)
{
    const struct access_request *request = &options->request;

    if (options->id_token && (request->resource || request->organization_id || request->scopes.count))
        return error_set(err, ERROR_USAGE,
                         "--id-token cannot be used with --resource, --organization or --scope");
    if (options->id_token && access_is_machine())
        return error_set(err, ERROR_USAGE,
                         "--id-token needs a session, and cannot be used with LOGTO_PAT or LOGTO_APP_SECRET");
    return true;
}

static bool print_access_token(struct context *context, const struct access_request *request,
                               const char *format, struct error *err)
{
    _cleanup_access_token_ struct access_token token = {.token = NULL};
    struct system *system = context->interfaces.system;

    if (!access_obtain_token(context, request, &token, err))
        return false;
    return token_print(format,
                       &(struct token_view){.token = token.token,
                                            .scope = token.scope,
                                            .resource = token.resource,
                                            .organization_id = token.organization_id,
                                            .expires_at = token.expires_at,
                                            .now = system->now(system)},
                       err);
}

static bool print_id_token(struct context *context, const struct access_request *request, const char *format,
                           struct error *err)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;
    struct system *system = context->interfaces.system;
    int64_t expires_at = 0;

    if (!session_obtain_id_token(&context->interfaces, &context->profile, &session, request->min_ttl,
                                 request->force, err))
        return false;
    json_numeric_date(session.claims, "exp", &expires_at);
    return token_print(format,
                       &(struct token_view){.token = session.id_token,
                                            .is_id_token = true,
                                            .expires_at = expires_at,
                                            .now = system->now(system)},
                       err);
}

static bool print(struct context *context, const struct token_options *options, const char *format,
                  struct error *err)
{
    return wants_id_token(options, format) ? print_id_token(context, &options->request, format, err)
                                           : print_access_token(context, &options->request, format, err);
}

/* As Kubernetes says (client.authentication.k8s.io, ExecCredentialSpec), or at a terminal. */
static bool user_is_present(void)
{
    const char *info = environment_value("KUBERNETES_EXEC_INFO");
    _cleanup_json_ struct json *object = info ? json_parse(info, strlen(info), NULL) : NULL;

    return json_boolean(json_member(object, "spec"), "interactive", false) || isatty(STDERR_FILENO);
}

/* Whether a sign-in helps against this failure, and can take place. */
static bool can_sign_in(const struct context *context, const struct error *err)
{
    const struct profile *profile = &context->profile;

    return (err->code == ERROR_NOT_SIGNED_IN || err->code == ERROR_SESSION_ENDED) && profile->issuer &&
           profile->app_id && !access_is_machine() && user_is_present();
}

/* Of several processes one opens a browser; the others wait, and take it as it came out. */
static bool sign_in_and_print(struct context *context, const struct token_options *options,
                              const char *format, struct error *err)
{
    _cleanup_(lock_release) int lock = -1;
    bool waited;

    if (!session_lock_sign_in(&context->interfaces, &context->profile, &lock, &waited, err))
        return false;
    if (print(context, options, format, err))
        return true;
    if (!can_sign_in(context, err))
        return false;
    if (waited)
        return error_context(err, "another logto process did not sign in");
    if (!login_for_token(context, &options->request, err))
        return false;
    lock_release(&lock);
    return print(context, options, format, err);
}

static bool token_run(struct context *context, const void *values, const struct list *operands,
                      struct error *err)
{
    const struct token_options *options = values;
    const char *format = choose_format(context, options);

    (void)operands;
    if (!check_options(options, err))
        return false;
    if (print(context, options, format, err))
        return true;
    return options->login && can_sign_in(context, err) && sign_in_and_print(context, options, format, err);
}

const struct command token_command = {
    .name = "token",
    .summary = "Print a valid access token",
    .description =
        "Refreshes the session when the cached token is about to expire. Without --resource, prints Logto's "
        "opaque token, for userinfo and the Account API. With LOGTO_APP_ID and LOGTO_APP_SECRET (client "
        "credentials) or LOGTO_PAT (token exchange) no session is needed.",
    .examples = "  logto token --format header | curl -H @- https://TENANT.logto.app/oidc/me\n"
                "  logto token --organization ORG_ID --json | jq -r .access_token",
    .options = token_option_specs,
    .options_size = sizeof(struct token_options),
    .run = token_run,
};
