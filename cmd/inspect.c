#include "base/file.h"
#include "cmd/command.h"
#include "cmd/inspect_batch.h"
#include "cmd/inspect_report.h"
#include "cmd/output.h"
#include "codec/bearer.h"
#include "logto/endpoint.h"
#include "logto/scope.h"
#include "session/access.h"
#include "session/inspector.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct inspect_options {
    const char *endpoint;
    const char *issuer;
    const char *audience;
    struct list scopes;
    const char *organization;
    struct list claims;
    const char *type;
    const char *jwks;
    const char *file;
    bool offline;
    int64_t leeway;
    bool no_verify;
    bool batch;
};

static const struct option_spec inspect_option_specs[] = {
    OPTION_WORD(inspect_options, file, "file", "FILE", "read the token from this file", "@file"),
    OPTION_TEXT(inspect_options, endpoint, "endpoint", "URL", "require this Logto tenant as the issuer"),
    OPTION_TEXT(inspect_options, issuer, "issuer", "URL", "require this issuer, of any OpenID provider"),
    OPTION_WORD(inspect_options, audience, "audience", "AUD", "require this audience: an API or an app",
                "@resource"),
    OPTION_SCOPES(inspect_options, scopes, "scope", "SCOPE", "require this scope; may be repeated", "@scope"),
    OPTION_WORD(inspect_options, organization, "organization", "ID", "require this organization",
                "@organization"),
    OPTION_LIST(inspect_options, claims, "claim", "NAME=VALUE",
                "require this value of a claim; may be repeated"),
    OPTION_WORD(inspect_options, type, "type", "TYPE", "require an access token or an ID token: access or id",
                "access|id"),
    OPTION_WORD(inspect_options, jwks, "jwks", "FILE", "use only the keys in this JWK set", "@file"),
    OPTION_FLAG(inspect_options, offline, "offline", "use only cached keys and --jwks"),
    OPTION_INTEGER(inspect_options, leeway, "leeway", "SECONDS", "allow this much clock skew (default: 60)",
                   0, 86400, 60),
    OPTION_FLAG(inspect_options, no_verify, "no-verify", "decode only, without verifying anything"),
    OPTION_FLAG(inspect_options, batch, "batch", "read one token per line, print one JSON verdict per line"),
    OPTION_END,
};

static bool check_options(const struct inspect_options *options, const struct list *operands,
                          struct error *err)
{
    if (options->endpoint && options->issuer)
        return error_set(err, ERROR_USAGE, "--endpoint and --issuer cannot be used together");
    if (options->file && operands->count)
        return error_set(err, ERROR_USAGE, "a token and --file cannot be used together");
    if (options->batch && operands->count && strcmp(operands->items[0], "-") != 0)
        return error_set(err, ERROR_USAGE, "--batch reads tokens from standard input or --file");
    for (size_t i = 0; i < options->claims.count; i++)
        if (!strchr(options->claims.items[i], '=') || options->claims.items[i][0] == '=')
            return error_set(err, ERROR_USAGE, "--claim must be NAME=VALUE");
    return true;
}

/* The issuer is compared exactly with the token's 'iss', so it isn't normalized. */
static bool find_issuer(const struct context *context, const struct inspect_options *options, char **issuer,
                        struct error *err)
{
    _cleanup_free_ char *endpoint = NULL;

    if (options->endpoint) {
        endpoint = logto_endpoint_parse(options->endpoint, context->profile.insecure_http, err);
        *issuer = endpoint ? logto_endpoint_issuer(endpoint) : NULL;
        return endpoint != NULL;
    }
    /* With keys from a file the profile's tenant doesn't matter. */
    if (options->issuer || !options->jwks)
        *issuer = memory_duplicate(options->issuer ? options->issuer : context->profile.issuer);
    if (*issuer || options->jwks || options->no_verify)
        return true;
    error_set(err, ERROR_CONFIG, "no issuer is configured");
    return error_hint(err, "use --endpoint, --issuer or --jwks, or --no-verify to decode only");
}

/* The descriptor to read tokens from; close it with close_input(). -1 on failure. */
static int open_input(const struct inspect_options *options, struct error *err)
{
    int input;

    if (!options->file || strcmp(options->file, "-") == 0)
        return STDIN_FILENO;
    input = open(options->file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (input < 0)
        error_set_errno(err, ERROR_IO, "cannot open %s", options->file);
    return input;
}

static void close_input(int *input)
{
    if (*input != STDIN_FILENO)
        file_close(input);
}

/* Stops at the buffer's maximum, which is more than a token may have: so it shows that it is too long. */
static bool read_token(int input, struct buffer *token, struct error *err)
{
    char chunk[4096];
    ssize_t got = 1;

    while (got != 0 && token->length < token->maximum) {
        size_t room = token->maximum - token->length;

        got = read(input, chunk, room < sizeof(chunk) ? room : sizeof(chunk));
        if (got < 0 && errno != EINTR)
            return error_set_errno(err, ERROR_IO, "cannot read the token");
        if (got > 0 && !buffer_append(token, chunk, (size_t)got, err))
            return false;
    }
    explicit_bzero(chunk, sizeof(chunk));
    return true;
}

static bool session_token(struct context *context, struct buffer *token, struct error *err)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;
    struct access_request request = {.min_ttl = 0};
    const struct access_token *own;

    return session_load(&context->interfaces, &context->profile, &session, err) &&
           session_access_token(&context->interfaces, &context->profile, &session, &request, &own, err) &&
           buffer_append(token, secret_text(own->token), secret_length(own->token), err);
}

static bool find_token(struct context *context, const struct inspect_options *options,
                       const struct list *operands, struct buffer *token, struct error *err)
{
    const char *operand = operands->count ? operands->items[0] : NULL;
    _cleanup_(close_input) int input = STDIN_FILENO;

    if (operand && strcmp(operand, "-") != 0)
        return buffer_append(token, operand, strnlen(operand, token->maximum), err);
    if (!operand && !options->file && isatty(STDIN_FILENO))
        return session_token(context, token, err);
    input = open_input(options, err);
    return input >= 0 && read_token(input, token, err);
}

static bool inspect_one(struct context *context, const struct inspect_options *options,
                        struct inspector *inspector, const struct list *operands, struct error *err)
{
    _cleanup_buffer_ struct buffer text = BUFFER(INSPECT_TEXT_MAXIMUM);
    _cleanup_verdict_ struct verdict verdict = {.state = VERDICT_SETTLED};
    _cleanup_json_ struct json *object = NULL;
    const char *token;
    size_t length;

    if (!find_token(context, options, operands, &text, err))
        return false;
    token = bearer_token(buffer_text(&text), text.length, &length);
    inspector_judge(inspector, token, length, &verdict);
    if (!inspector_settle(inspector, token, length, &verdict, err))
        return false;
    if (context->output.json) {
        object = inspect_report_json(&verdict, options->no_verify);
        output_json(object);
    } else {
        inspect_report_print(&context->output, &verdict, options->no_verify,
                             context->interfaces.system->now(context->interfaces.system));
    }
    return verdict.inspection.reason == INSPECTION_VALID || error_set_reported(err, ERROR_TOKEN_INVALID);
}

/*
 * Keys that a file or an option names wrongly are the command's mistake. An issuer that can't be reached is
 * each token's: there may be tokens that need no keys, and later ones may have better luck.
 */
static bool prepare_keys(struct inspector *inspector, const struct inspect_options *options,
                         struct error *err)
{
    return options->no_verify || inspector_load_keys(inspector, err) ||
           (!options->jwks && error_exit_status(err->code) == error_exit_status(ERROR_NETWORK));
}

static bool inspect_many(struct context *context, const struct inspect_options *options,
                         struct inspector *inspector, struct error *err)
{
    _cleanup_(close_input) int input = open_input(options, err);

    return input >= 0 && prepare_keys(inspector, options, err) &&
           inspect_batch(inspector, &context->output, input, err);
}

static bool inspect_run(struct context *context, const void *values, const struct list *operands,
                        struct error *err)
{
    const struct inspect_options *options = values;
    _cleanup_inspector_ struct inspector inspector = {.keys_ready = false};
    _cleanup_free_ char *issuer = NULL;
    _cleanup_free_ char *audience = NULL;
    struct inspector_options inspector_options = {
        .jwks_file = options->jwks, .offline = options->offline, .decode_only = options->no_verify};

    if (!check_options(options, operands, err) || !find_issuer(context, options, &issuer, err))
        return false;
    if (options->organization)
        audience = memory_format("%s%s", LOGTO_AUDIENCE_ORGANIZATION, options->organization);
    inspector_options.policy = (struct inspection_policy){.issuer = issuer,
                                                          .audience = options->audience,
                                                          .scopes = &options->scopes,
                                                          .organization_id = options->organization,
                                                          .organization_audience = audience,
                                                          .claims = &options->claims,
                                                          .type = options->type,
                                                          .leeway = options->leeway};
    inspector_open(&inspector, &context->interfaces, &context->profile, &inspector_options);
    if (options->no_verify)
        output_warning(&context->output, "nothing is verified: anyone can create such a token");
    return options->batch ? inspect_many(context, options, &inspector, err)
                          : inspect_one(context, options, &inspector, operands, err);
}

const struct command inspect_command = {
    .name = "inspect",
    .summary = "Decode a JWT and check whether it is valid",
    .operands = "[TOKEN | -]",
    .operands_maximum = 1,
    .description =
        "Reads TOKEN from the argument, standard input or --file; at a terminal without any of these, takes "
        "the session's access token. Without --endpoint, --issuer and --jwks, the issuer must be the "
        "profile's tenant. Opaque tokens are checked at the issuer's introspection endpoint. Exits with 0 if "
        "the token is valid, 5 if it is not, and 6 if the keys cannot be fetched.",
    .examples = "  logto inspect --audience https://api.example.com < token.txt\n"
                "  logto inspect --jwks keys.json --offline --json < token.txt | jq .reason\n"
                "  logto inspect --batch --file tokens.txt > verdicts.ndjson",
    .options = inspect_option_specs,
    .options_size = sizeof(struct inspect_options),
    .run = inspect_run,
};
