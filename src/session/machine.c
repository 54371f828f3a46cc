#include "session/machine.h"

#include "codec/url.h"
#include "session/access.h"
#include "session/credentials.h"
#include "session/grant.h"
#include "session/hint.h"

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

/* What to do about a refusal depends on where the credentials came from. */
static const char *find_hint(const struct machine *machine, const struct oauth_error *oauth)
{
    static const char roles[] = "check the roles of the app and the user in the Logto Console";
    bool wrong_type = oauth->kind == OAUTH_INVALID_REQUEST || oauth->kind == OAUTH_UNAUTHORIZED_CLIENT;

    if (oauth->kind == OAUTH_INVALID_GRANT)
        return "check that the personal access token in LOGTO_PAT is correct and has not expired";
    if (wrong_type)
        return machine->personal_token ? "enable token exchange for the app in the Logto Console"
                                       : "client credentials require an app of type Machine-to-machine";
    if (oauth->kind == OAUTH_INVALID_TARGET)
        return "check that the API is registered in the Logto Console";
    return oauth->kind == OAUTH_ACCESS_DENIED || oauth->kind == OAUTH_INSUFFICIENT_SCOPE ||
                   oauth->kind == OAUTH_INVALID_SCOPE
               ? roles
               : NULL;
}

/* What to do about the app's secret, or NULL. */
static const char *find_secret_hint(const struct oauth_error *oauth)
{
    if (strstr(oauth->description, "secret has expired"))
        return "create another secret in the Logto Console";
    return oauth->kind == OAUTH_INVALID_CLIENT ? "check the app id and its secret" : NULL;
}

static bool explain(const struct profile *profile, const struct machine *machine,
                    const struct oauth_error *oauth, struct error *err)
{
    const char *variable = credentials_app_secret_variable();
    const char *secret = find_secret_hint(oauth);
    const char *other = secret ? NULL : find_hint(machine, oauth);
    _cleanup_free_ char *again = NULL;

    if (other)
        return error_hint(err, "%s", other);
    if (!secret)
        return false;
    if (!machine->stored)
        return error_hint(err, "%s (LOGTO_APP_ID, %s)", secret, variable ? variable : "LOGTO_APP_SECRET");
    again = memory_format("%s, then: logto login --machine --app-secret-file FILE", secret);
    return hint_command(profile, again, err);
}

static bool check_request(const struct machine *machine, const struct access_request *request,
                          struct error *err)
{
    if (machine->personal_token || request->resource || request->organization_id)
        return true;
    return error_set(err, ERROR_USAGE, "a machine-to-machine app requires --resource or --organization");
}

bool machine_request(const struct interfaces *interfaces, const struct profile *profile,
                     const struct machine *machine, const struct access_request *request,
                     struct token_response *response, struct token_failure *failure, struct error *err)
{
    struct client client = {machine->app_id, machine->app_secret};
    struct oidc oidc = interfaces_oidc(interfaces, profile);
    _cleanup_provider_ struct provider provider = {0};
    _cleanup_buffer_ struct buffer form = BUFFER(TOKEN_FORM_MAXIMUM);
    const char *what = machine->personal_token ? "exchanging the personal access token"
                                               : "requesting an app token";

    oidc.leaves_no_trace = !machine->stored;
    if (!make_form(machine, request, &form, err) || !discovery_load(&oidc, profile->issuer, &provider, err))
        return false;
    if (token_endpoint_request(&oidc, &provider, &client, what, &form, response, failure, err)) {
        if (machine->stored && !response->scope)
            response->scope = memory_duplicate(""); /* Logto says nothing when it grants nothing */
        return true;
    }
    return explain(profile, machine, &failure->oauth, err);
}

bool machine_token(const struct interfaces *interfaces, const struct profile *profile,
                   const struct machine *machine, const struct access_request *request,
                   struct access_token *out, struct error *err)
{
    struct system *system = interfaces->system;
    _cleanup_token_response_ struct token_response response = TOKEN_RESPONSE_EMPTY;
    _cleanup_token_failure_ struct token_failure failure = {.lost = false};

    if (!check_request(machine, request, err) ||
        !machine_request(interfaces, profile, machine, request, &response, &failure, err) ||
        !access_check_lifetime(request, response.expires_in, err))
        return false;
    *out = (struct access_token){.token = TAKE(response.access_token),
                                 .resource = memory_duplicate(request->resource),
                                 .organization_id = memory_duplicate(request->organization_id),
                                 .scope = TAKE(response.scope),
                                 .expires_at = system->now(system) + response.expires_in};
    return true;
}

const char *machine_resource(const struct session *session, const struct access_request *request)
{
    bool any = !request->resource && !request->organization_id;

    return session->machine && any && session->resources.count == 1 ? session->resources.items[0]
                                                                    : request->resource;
}

bool machine_refresh(const struct interfaces *interfaces, const struct profile *profile,
                     struct session *session, const struct access_request *request, struct error *err)
{
    struct system *system = interfaces->system;
    struct machine machine = {session->app_id, session->app_secret, NULL, true};
    struct access_request wanted = *request; /* what is replaced in it is borrowed */
    _cleanup_token_response_ struct token_response response = TOKEN_RESPONSE_EMPTY;
    _cleanup_token_failure_ struct token_failure failure = {.lost = false};

    wanted.resource = machine_resource(session, request);
    if (request->scopes.count == 0)
        wanted.scopes = profile->scopes;
    if (!check_request(&machine, &wanted, err) ||
        !machine_request(interfaces, profile, &machine, &wanted, &response, &failure, err))
        return false;
    wanted.scopes = request->scopes;
    grant_take_tokens(session, &wanted, &response, system->now(system));
    return session_save(interfaces, profile, session, err);
}
