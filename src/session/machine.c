#include "session/machine.h"

#include "codec/url.h"
#include "oidc/token_endpoint.h"

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
    /* Without a scope Logto would issue a token that grants nothing. */
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

/* Hints that name the source of the credentials, unlike those of oauth_error.h. Always returns false. */
static bool set_hint(const struct machine *machine, const struct oauth_error *oauth, struct error *err)
{
    static const char roles[] = "check the roles of the app and the user in the Logto Console";
    static const char *const hints[OAUTH_ERROR_KINDS] = {
        [OAUTH_ACCESS_DENIED] = roles,
        [OAUTH_INSUFFICIENT_SCOPE] = roles,
        [OAUTH_INVALID_SCOPE] = roles,
        [OAUTH_INVALID_TARGET] = roles,
        [OAUTH_INVALID_GRANT] =
            "check that the personal access token in LOGTO_PAT is correct and has not expired",
        [OAUTH_INVALID_CLIENT] = "check LOGTO_APP_ID and LOGTO_APP_SECRET",
    };
    bool wrong_type = oauth->kind == OAUTH_INVALID_REQUEST || oauth->kind == OAUTH_UNAUTHORIZED_CLIENT;

    if (wrong_type)
        return error_hint(err, machine->personal_token
                                   ? "enable token exchange for the app in the Logto Console"
                                   : "client credentials require an app of type Machine-to-machine");
    return hints[oauth->kind] ? error_hint(err, "%s", hints[oauth->kind]) : false;
}

static bool check_request(const struct machine *machine, const struct access_request *request,
                          struct error *err)
{
    if (machine->personal_token || request->resource || request->organization_id)
        return true;
    return error_set(err, ERROR_USAGE,
                     "client credentials (LOGTO_APP_ID, LOGTO_APP_SECRET) require --resource or "
                     "--organization");
}

bool machine_token(const struct interfaces *interfaces, const struct profile *profile,
                   const struct machine *machine, const struct access_request *request,
                   struct access_token *out, struct error *err)
{
    struct client client = {machine->app_id, machine->app_secret};
    struct oidc oidc = interfaces_oidc(interfaces, profile);
    _cleanup_provider_ struct provider provider = {0};
    _cleanup_token_response_ struct token_response response = TOKEN_RESPONSE_EMPTY;
    _cleanup_buffer_ struct buffer form = BUFFER(TOKEN_FORM_MAXIMUM);
    _cleanup_token_failure_ struct token_failure failure = {.lost = false};
    const char *what = machine->personal_token ? "exchanging the personal access token"
                                               : "requesting an app token";

    oidc.leaves_no_trace = true;
    if (!check_request(machine, request, err) || !make_form(machine, request, &form, err) ||
        !discovery_load(&oidc, profile->issuer, &provider, err))
        return false;
    if (!token_endpoint_request(&oidc, &provider, &client, what, &form, &response, &failure, err))
        return set_hint(machine, &failure.oauth, err);
    *out = (struct access_token){.token = TAKE(response.access_token),
                                 .resource = memory_duplicate(request->resource),
                                 .organization_id = memory_duplicate(request->organization_id),
                                 .scope = TAKE(response.scope),
                                 .expires_at = interfaces->system->now(interfaces->system) +
                                               response.expires_in};
    return true;
}
