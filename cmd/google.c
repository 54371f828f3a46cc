#include "cmd/command.h"
#include "cmd/suggest.h"
#include "cmd/token_format.h"
#include "session/vault.h"

#include <stdlib.h>
#include <string.h>

struct google_options {
    const char *connector;
    const char *format;
    int64_t min_ttl;
};

static const struct option_spec google_option_specs[] = {
    OPTION_WORD(google_options, connector, "connector", "TARGET",
                "use this social connector (default: google)", NULL),
    OPTION_WORD(google_options, format, "format", "FORMAT", "output format: token, header, json or env",
                "token|header|json|env"),
    OPTION_INTEGER(google_options, min_ttl, "min-ttl", "SECONDS",
                   "require at least this remaining lifetime (default: 0)", 0, 86400, 0),
    OPTION_END,
};

static const char *choose_connector(const struct google_options *options)
{
    return options->connector ? options->connector : "google";
}

static bool print_token(struct context *context, const struct google_options *options, struct error *err)
{
    const char *format = options->format ? options->format : context->output.json ? "json" : "token";
    const char *connector = choose_connector(options);
    _cleanup_vault_token_ struct vault_token token = VAULT_TOKEN_EMPTY;
    struct system *system = context->interfaces.system;

    if (!vault_fetch_token(&context->interfaces, &context->profile, connector, options->min_ttl, &token, err))
        return false;
    return token_print(format,
                       &(struct token_view){.token = token.token,
                                            .connector = connector,
                                            .scope = token.scope,
                                            .expires_at = token.expires_at,
                                            .now = system->now(system)},
                       err);
}

static const struct {
    const char *name;
    bool (*run)(struct context *context, const struct google_options *options, struct error *err);
} actions[] = {
    {"token", print_token},
};

static bool fail_action(const char *action, struct error *err)
{
    struct suggestion suggestion = suggestion_start(action, strlen(action));
    _cleanup_free_ char *nearest = NULL;

    for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
        suggestion_consider(&suggestion, actions[i].name, strlen(actions[i].name));
    nearest = suggestion_text(&suggestion, "'", "'");
    return error_set(err, ERROR_USAGE, "unknown action 'google %s'%s", action, nearest);
}

static bool google_run(struct context *context, const void *values, const struct list *operands,
                       struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
        if (strcmp(actions[i].name, operands->items[0]) == 0)
            return actions[i].run(context, values, err);
    return fail_action(operands->items[0], err);
}

static const struct operand_words google_operand_words[] = {
    {NULL, "token"},
    {NULL, NULL},
};

const struct command google_command = {
    .name = "google",
    .summary = "Print the user's Google access token",
    .operands = "token",
    .operands_minimum = 1,
    .operands_maximum = 1,
    .operand_words = google_operand_words,
    .description =
        "Prints the access token of Google that Logto's Secret Vault keeps for the signed-in user, for "
        "Google's "
        "APIs. The session must have the scope 'identities' (logto login --scope identities), and the Google "
        "connector must store tokens. Logto renews the token when it has expired. It is not stored here.",
    .examples = "  curl -H \"$(logto google token --format header)\" \\\n"
                "      https://www.googleapis.com/oauth2/v3/userinfo\n"
                "  logto google token --connector github",
    .options = google_option_specs,
    .options_size = sizeof(struct google_options),
    .run = google_run,
};
