#include "cmd/wish.h"

#include "base/environment.h"
#include "cmd/output.h"
#include "session/access.h"
#include "session/machine.h"

static void make_request(const struct wish *wish, struct access_request *request)
{
    *request = (struct access_request){.resource = wish->resource,
                                       .organization_id = wish->organization,
                                       .min_ttl = wish->min_ttl,
                                       .force = wish->refresh};
    for (size_t i = 0; i < wish->scopes.count; i++)
        list_add_words(&request->scopes, wish->scopes.items[i]);
    list_sort(&request->scopes);
}

bool wish_is_machine(void)
{
    return environment_value("LOGTO_PAT") ||
           (environment_value("LOGTO_APP_ID") && environment_value("LOGTO_APP_SECRET"));
}

static bool from_machine(struct context *context, const struct access_request *request,
                         struct access_token *out, struct error *err)
{
    _cleanup_secret_ struct secret *app_secret = secret_from_text(environment_value("LOGTO_APP_SECRET"));
    _cleanup_secret_ struct secret *personal_token = secret_from_text(environment_value("LOGTO_PAT"));
    struct machine machine = {context->profile.app_id, app_secret, personal_token};

    if (!context->profile.issuer || !context->profile.app_id) {
        error_set(err, ERROR_CONFIG, "it is not known %s",
                  context->profile.issuer ? "for which app" : "at which endpoint to ask for a token");
        return error_hint(err, "set %s", context->profile.issuer ? "LOGTO_APP_ID" : "LOGTO_ENDPOINT");
    }
    if (!machine_token(context, &machine, request, out, err))
        return false;
    if (!out->scope || !*out->scope)
        output_warning(
            context->output,
            "Logto granted no scope: name what you need with --scope, and give %s a role with these "
            "permissions",
            personal_token ? "the person" : "the app");
    return true;
}

static bool from_session(struct context *context, const struct access_request *request,
                         struct access_token *out, struct error *err)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;
    const struct access_token *token;

    if (!session_load(context, &session, err) ||
        !session_access_token(context, &session, request, &token, err))
        return false;
    *out = (struct access_token){.token = secret_copy(token->token),
                                 .resource = memory_duplicate(token->resource),
                                 .organization_id = memory_duplicate(token->organization_id),
                                 .scope = memory_duplicate(token->scope),
                                 .expires_at = token->expires_at};
    return true;
}

bool wish_fulfil(struct context *context, const struct wish *wish, struct access_token *out,
                 struct error *err)
{
    struct access_request request;
    bool ok;

    make_request(wish, &request);
    ok = wish_is_machine() ? from_machine(context, &request, out, err)
                           : from_session(context, &request, out, err);
    list_release(&request.scopes);
    return ok;
}
