#include "cmd/command.h"
#include "cmd/output.h"
#include "cmd/token_format.h"
#include "session/access.h"

#include <string.h>

struct token_options {
    const char *resource;
    const char *organization;
    struct list scopes;
    int64_t min_ttl;
    bool refresh;
    bool id_token;
    const char *format;
};

static const struct option_spec token_option_specs[] = {
    OPTION_TEXT(token_options, resource, "resource", "URI", "a JWT for this API instead of Logto's opaque token"),
    OPTION_TEXT(token_options, organization, "organization", "ID", "a token for this organization"),
    OPTION_LIST(token_options, scopes, "scope", "SCOPE", "only this scope of what is granted; may be repeated"),
    OPTION_INTEGER(token_options, min_ttl, "min-ttl", "SECONDS", "it must be good for this long (default: 60)", 0,
                   86400, 60),
    OPTION_FLAG(token_options, refresh, "refresh", "get a new one even if the one at hand is good"),
    OPTION_FLAG(token_options, id_token, "id-token", "the ID token instead of an access token"),
    OPTION_WORD(token_options, format, "format", "FORMAT", "token, header, json, env or exec-credential",
                "token|header|json|env|exec-credential"),
    OPTION_END,
};

static const char *choose_format(const struct context *context, const struct token_options *options)
{
    return options->format ? options->format : context->output->json ? "json" : "token";
}

static bool check_options(const struct token_options *options, struct error *err)
{
    if (options->id_token && (options->resource || options->organization || options->scopes.count))
        return error_set(err, ERROR_USAGE, "--id-token goes with neither --resource, --organization nor --scope");
    return true;
}

static void make_request(const struct token_options *options, struct access_request *request)
{
    *request = (struct access_request){.resource = options->resource,
                                       .organization_id = options->organization,
                                       .min_ttl = options->min_ttl,
                                       .force = options->refresh};
    for (size_t i = 0; i < options->scopes.count; i++)
        list_add_words(&request->scopes, options->scopes.items[i]);
    list_sort(&request->scopes);
}

static bool print_access_token(struct context *context, const struct token_options *options, const char *format,
                               struct session *session, struct error *err)
{
    struct access_request request;
    const struct access_token *token;
    bool ok;

    make_request(options, &request);
    ok = session_access_token(context, session, &request, &token, err);
    list_release(&request.scopes);
    if (!ok)
        return false;
    return token_print(format, &(struct token_view){.token = token->token,
                                                    .scope = token->scope,
                                                    .resource = token->resource,
                                                    .organization_id = token->organization_id,
                                                    .expires_at = token->expires_at,
                                                    .now = context->system->now(context->system)},
                       err);
}

static bool print_id_token(struct context *context, const struct token_options *options, const char *format,
                           struct session *session, struct error *err)
{
    int64_t expires_at = 0;

    if (!session_fresh_id_token(context, session, options->min_ttl, options->refresh, err))
        return false;
    json_integer(session->claims, "exp", &expires_at);
    return token_print(format, &(struct token_view){.token = session->id_token,
                                                    .is_id_token = true,
                                                    .expires_at = expires_at,
                                                    .now = context->system->now(context->system)},
                       err);
}

static bool token_run(struct context *context, const void *values, const struct list *operands, struct error *err)
{
    const struct token_options *options = values;
    const char *format = choose_format(context, options);
    _cleanup_session_ struct session session = SESSION_EMPTY;
    /* What Kubernetes calls a credential is an ID token, unless it is asked to be one for an API. */
    bool id_token = options->id_token || (strcmp(format, "exec-credential") == 0 && !options->resource &&
                                          !options->organization);

    (void)operands;
    if (!check_options(options, err) || !session_load(context, &session, err))
        return false;
    return id_token ? print_id_token(context, options, format, &session, err)
                    : print_access_token(context, options, format, &session, err);
}

const struct command token_command = {
    .name = "token",
    .summary = "Print a valid access token",
    .description = "Refreshes by itself when the token at hand is about to expire, one process at a time. Without\n"
                   "--resource it is Logto's opaque token, good for userinfo and the Account API.",
    .examples = "  curl -H \"$(logto token --resource https://api.example.com --format header)\" …\n"
                "  logto token --organization ORG_ID --json | jq -r .access_token",
    .options = token_option_specs,
    .options_size = sizeof(struct token_options),
    .run = token_run,
};
