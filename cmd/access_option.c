#include "cmd/access_option.h"

#include "base/environment.h"
#include "session/access.h"
#include "session/credentials.h"
#include "session/machine.h"

bool access_is_machine(void)
{
    return environment_value("LOGTO_PAT") ||
           (environment_value("LOGTO_APP_ID") && credentials_app_secret_variable());
}

static bool check_profile(const struct profile *profile, struct error *err)
{
    if (!profile->issuer) {
        error_set(err, ERROR_CONFIG, "no Logto endpoint is configured");
        return error_hint(err, "set LOGTO_ENDPOINT");
    }
    if (!profile->app_id) {
        error_set(err, ERROR_CONFIG, "no app id is configured");
        return error_hint(err, "set LOGTO_APP_ID");
    }
    return true;
}

static bool from_machine(const struct context *context, const struct access_request *request,
                         struct access_token *out, struct error *err)
{
    const char *issuer = context->profile.issuer;
    _cleanup_secret_ struct secret *app_secret = NULL;
    _cleanup_secret_ struct secret *personal_token = credentials_personal_token(issuer, issuer);
    struct machine machine = {context->profile.app_id, NULL, personal_token, false};

    if (!check_profile(&context->profile, err) || !credentials_app_secret(issuer, issuer, &app_secret, err))
        return false;
    machine.app_secret = app_secret;
    if (!machine_token(&context->interfaces, &context->profile, &machine, request, out, err))
        return false;
    if (!out->scope || !*out->scope)
        output_warning(&context->output,
                       "Logto granted no scope: request scopes with --scope, and assign the %s a role that "
                       "has them",
                       personal_token ? "user" : "app");
    return true;
}

static bool from_session(const struct context *context, const struct access_request *request,
                         struct access_token *out, struct error *err)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;
    const struct access_token *token;

    if (!session_obtain_access_token(&context->interfaces, &context->profile, &session, request, &token, err))
        return false;
    *out = (struct access_token){.token = secret_copy(token->token),
                                 .resource = memory_duplicate(token->resource),
                                 .organization_id = memory_duplicate(token->organization_id),
                                 .scope = memory_duplicate(token->scope),
                                 .expires_at = token->expires_at};
    return true;
}

bool access_obtain_token(const struct context *context, const struct access_request *request,
                         struct access_token *out, struct error *err)
{
    return access_is_machine() ? from_machine(context, request, out, err)
                               : from_session(context, request, out, err);
}
