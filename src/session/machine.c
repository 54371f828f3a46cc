#include "session/machine.h"

#include "codec/url.h"
#include "oidc/token_endpoint.h"

#include <string.h>

#define PERSONAL_ACCESS_TOKEN "urn:logto:token-type:personal_access_token"
#define TOKEN_EXCHANGE "urn:ietf:params:oauth:grant-type:token-exchange"

static bool add_grant(const struct machine *machine, struct buffer *form, struct error *err)
{
    if (!machine->personal_token)
        return form_append(form, "grant_type", "client_credentials", err);
    return form_append(form, "grant_type", TOKEN_EXCHANGE, err) &&
           form_append_secret(form, "subject_token", machine->personal_token, err) &&
           form_append(form, "subject_token_type", PERSONAL_ACCESS_TOKEN, err);
}

static char *choose_scope(const struct machine *machine, const struct access_request *request)
{
    if (request->scopes.count)
        return list_join(&request->scopes, " ");
    /* Without a scope Logto would make a token that is good for nothing. */
    if (machine->personal_token && !request->resource && !request->organization_id)
        return memory_duplicate("openid profile email");
    return NULL;
}

static bool make_form(const struct machine *machine, const struct access_request *request,
                      struct buffer *form, struct error *err)
{
    _cleanup_free_ char *scope = choose_scope(machine, request);

    return add_grant(machine, form, err) && form_append(form, "resource", request->resource, err) &&
           form_append(form, "organization_id", request->organization_id, err) &&
           form_append(form, "scope", scope, err);
}

static bool explain(const struct machine *machine, const struct oauth_error *oauth, struct error *err)
{
    if (strcmp(oauth->error, "invalid_target") == 0 || strcmp(oauth->error, "access_denied") == 0 ||
        strcmp(oauth->error, "invalid_scope") == 0 || strcmp(oauth->error, "insufficient_scope") == 0) {
        err->code = ERROR_NOT_GRANTED;
        return error_hint(err, "check in the Logto Console what app and person may use");
    }
    if (strcmp(oauth->error, "invalid_grant") == 0) {
        err->code = ERROR_SESSION_ENDED;
        return error_hint(err, "is the personal access token in LOGTO_PAT right, and not expired?");
    }
    if (strcmp(oauth->error, "invalid_client") == 0) {
        err->code = ERROR_CONFIG;
        return error_hint(err, "check LOGTO_APP_ID and LOGTO_APP_SECRET");
    }
    if (strcmp(oauth->error, "invalid_request") == 0 || strcmp(oauth->error, "unauthorized_client") == 0) {
        err->code = ERROR_CONFIG;
        return error_hint(err, machine->personal_token
                                   ? "switch token exchange on for the app in the Logto Console"
                                   : "client credentials need an app of type Machine-to-machine");
    }
    return false;
}

static bool check_request(const struct machine *machine, const struct access_request *request,
                          struct error *err)
{
    if (machine->personal_token || request->resource || request->organization_id)
        return true;
    return error_set(err, ERROR_USAGE,
                     "client credentials (LOGTO_APP_ID, LOGTO_APP_SECRET) need --resource or "
                     "--organization");
}

bool machine_token(struct context *context, const struct machine *machine,
                   const struct access_request *request, struct access_token *out, struct error *err)
{
    struct client client = {machine->app_id, machine->app_secret};
    struct oidc oidc = context->oidc;
    _cleanup_provider_ struct provider provider = {0};
    _cleanup_token_response_ struct token_response response = TOKEN_RESPONSE_EMPTY;
    _cleanup_buffer_ struct buffer form = BUFFER(TOKEN_FORM_MAXIMUM);
    struct token_failure failure = {.delivered = false};
    const char *what = machine->personal_token ? "exchanging the personal access token"
                                               : "asking for the app's token";

    oidc.leaves_no_trace = true;
    if (!check_request(machine, request, err) || !make_form(machine, request, &form, err) ||
        !discovery_load(&oidc, context->profile.issuer, &provider, err))
        return false;
    if (!token_endpoint_request(&oidc, &provider, &client, what, &form, &response, &failure, err))
        return failure.oauth.error[0] ? explain(machine, &failure.oauth, err) : false;
    *out = (struct access_token){.token = response.access_token,
                                 .resource = memory_duplicate(request->resource),
                                 .organization_id = memory_duplicate(request->organization_id),
                                 .scope = response.scope,
                                 .expires_at = context->system->now(context->system) + response.expires_in};
    response.access_token = NULL;
    response.scope = NULL;
    return true;
}
