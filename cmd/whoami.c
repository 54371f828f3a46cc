#include "cmd/command.h"
#include "cmd/describe.h"
#include "logto/scope.h"
#include "oidc/userinfo.h"
#include "session/access.h"
#include "session/hint.h"
#include "session/organization.h"

#include <stdio.h>
#include <string.h>

struct whoami_options {
    const char *claim;
    bool online;
};

static const struct option_spec whoami_option_specs[] = {
    OPTION_TEXT(whoami_options, claim, "claim", "NAME", "print only the value of this claim"),
    OPTION_FLAG(whoami_options, online, "online", "query Logto instead of the stored ID token"),
    OPTION_END,
};

/* The claims of userinfo replace those of the ID token. */
static bool fetch_userinfo(struct context *context, struct session *session, struct error *err)
{
    struct oidc oidc = interfaces_oidc(&context->interfaces, &context->profile);
    _cleanup_provider_ struct provider provider = {0};
    struct access_request request = {.min_ttl = ACCESS_TTL_DEFAULT};
    const struct access_token *token;
    struct json *claims;

    if (session->machine)
        return error_set(err, ERROR_USAGE, "--online requires a user; the profile '%s' is of an app",
                         session->profile);
    if (!session_access_token(&context->interfaces, &context->profile, session, &request, &token, err) ||
        !discovery_load(&oidc, session->issuer, &provider, err))
        return false;
    claims = userinfo_fetch(&oidc, &provider, token->token, json_string(session->claims, "sub"), err);
    if (!claims)
        return false;
    json_free(&session->claims);
    session->claims = claims;
    organizations_take(session, claims);
    return true;
}

static void print_claim_json(const char *name, const struct json *claim)
{
    _cleanup_json_ struct json *object = json_object();

    json_set(object, name, json_copy(claim));
    output_json(object);
}

/* Text is printed bare, anything else as JSON, like jq -r; with --json, {"NAME":VALUE}. */
static bool print_claim(const struct context *context, const struct session *session, const char *name,
                        struct error *err)
{
    const struct json *claim = json_member(session->claims, name);
    const char *text = json_text(claim);

    if (!claim) {
        error_set(err, ERROR_NOT_GRANTED, "no claim '%s'", name);
        return hint_command(&context->profile,
                            "some need a scope at login; list them with: logto whoami --json", err);
    }
    if (context->output.json) {
        print_claim_json(name, claim);
    } else if (text) {
        output_text(stdout, text);
        putchar('\n');
    } else {
        output_json(claim);
    }
    return true;
}

/* [{"id","name","roles"}]; the caller frees it. */
static struct json *organizations_array(const struct session *session)
{
    struct json *array = json_array();
    _cleanup_list_ struct list ids = LIST_EMPTY;

    organization_ids(session, &ids);
    for (size_t i = 0; i < ids.count; i++) {
        _cleanup_list_ struct list roles = LIST_EMPTY;
        struct json *object = json_object();

        organization_roles(session, ids.items[i], &roles);
        json_set_string(object, "id", ids.items[i]);
        json_set_string(object, "name", organization_name(session, ids.items[i]));
        json_set_list(object, "roles", &roles);
        json_append(array, object);
    }
    return array;
}

static void print_json(const struct context *context, const struct session *session)
{
    _cleanup_json_ struct json *object = describe_session(session);

    json_set_string(object, "store", context->profile.store);
    json_set(object, "claims", session->claims ? json_copy(session->claims) : json_object());
    json_set_integer(object, "expires_at", session_expires_at(session));
    if (list_contains(&session->scopes, LOGTO_SCOPE_ORGANIZATIONS))
        json_set(object, "organizations", organizations_array(session));
    output_json(object);
}

/* "Acme (acme00000001): admin, member", as far as it is known. */
static char *describe_organization(const struct session *session, const char *id)
{
    const char *name = organization_name(session, id);
    _cleanup_list_ struct list roles = LIST_EMPTY;
    _cleanup_free_ char *joined = NULL;

    organization_roles(session, id, &roles);
    joined = list_join(&roles, ", ");
    return memory_format("%s%s%s%s%s%s", name ? name : "", name ? " (" : "", id, name ? ")" : "",
                         roles.count ? ": " : "", joined);
}

static void print_organizations(const struct output *output, const struct session *session)
{
    _cleanup_list_ struct list ids = LIST_EMPTY;

    organization_ids(session, &ids);
    for (size_t i = 0; i < ids.count; i++) {
        _cleanup_free_ char *line = describe_organization(session, ids.items[i]);

        output_field(output, "member of", line);
    }
}

static void print_text(const struct context *context, const struct session *session)
{
    const struct output *output = &context->output;
    _cleanup_free_ char *user = describe_session_user(session);

    output_wrapped(output, stdout, OUTPUT_BOLD, user, 0, 0);
    putchar('\n');
    if (!session->machine)
        output_field(output, "user id", json_string(session->claims, "sub"));
    print_organizations(output, session);
    output_field(output, "endpoint", session->endpoint);
    output_field(output, "profile", session->profile);
    output_field(output, "store", context->profile.store);
}

static bool whoami_run(struct context *context, const void *values, const struct list *operands,
                       struct error *err)
{
    const struct whoami_options *options = values;
    _cleanup_session_ struct session session = SESSION_EMPTY;

    (void)operands;
    if (!session_load(&context->interfaces, &context->profile, &session, err) ||
        (options->online && !fetch_userinfo(context, &session, err)))
        return false;
    if (options->claim)
        return print_claim(context, &session, options->claim, err);
    if (context->output.json)
        print_json(context, &session);
    else
        print_text(context, &session);
    return true;
}

const struct command whoami_command = {
    .name = "whoami",
    .summary = "Show who is signed in",
    .description = "Reads the stored ID token; does not use the network. Exits with 3 when not signed in.",
    .examples = "  logto whoami\n"
                "  logto whoami --claim email\n"
                "  logto whoami --online --json | jq .claims",
    .options = whoami_option_specs,
    .options_size = sizeof(struct whoami_options),
    .run = whoami_run,
};
