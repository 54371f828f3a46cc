#include "cmd/google.h"

#include "cmd/suggest.h"

#include <stdlib.h>
#include <string.h>

#define GOOGLE_ACTIONS "token|authorize"

static const struct option_spec google_option_specs[] = {
    OPTION_SCOPES(google_options, scopes, "scope", "SCOPE",
                  "ask for this scope, or require that the token has it; may be repeated", NULL),
    OPTION_WORD(google_options, connector, "connector", "TARGET",
                "token: use this social connector (default: google)", NULL),
    OPTION_WORD(google_options, format, "format", "FORMAT",
                "token: output format: token, header, json or env", "token|header|json|env"),
    OPTION_INTEGER(google_options, min_ttl, "min-ttl", "SECONDS",
                   "token: require at least this remaining lifetime (default: 0)", 0, 86400, 0),
    OPTION_TEXT(google_options, connector_id, "connector-id", "ID",
                "authorize: the id of the Google connector, if the sign-in experience does not list it"),
    OPTION_INTEGER(google_options, port, "port", "N",
                   "authorize: listen on this port (default: that of the profile)", 1, 65535, 0),
    OPTION_FLAG(google_options, no_browser, "no-browser", "authorize: only print the URL"),
    OPTION_INTEGER(google_options, timeout, "timeout", "SECONDS",
                   "authorize: give up after this long (default: 300)", 1, 86400, 0),
    OPTION_END,
};

static const char *foreign_to_token(const struct google_options *options)
{
    return options->connector_id ? "--connector-id"
           : options->port       ? "--port"
           : options->no_browser ? "--no-browser"
           : options->timeout    ? "--timeout"
                                 : NULL;
}

static const char *foreign_to_authorize(const struct google_options *options)
{
    return options->connector ? "--connector"
           : options->format  ? "--format"
           : options->min_ttl ? "--min-ttl"
                              : NULL;
}

static const struct {
    const char *name;
    const char *(*foreign)(
        const struct google_options *options); /* an option that belongs to another action */
    bool (*run)(struct context *context, const struct google_options *options, struct error *err);
} actions[] = {
    {"token", foreign_to_token, google_token},
    {"authorize", foreign_to_authorize, google_authorize},
};

static bool google_run(struct context *context, const void *values, const struct list *operands,
                       struct error *err)
{
    const char *action = operands->items[0];

    for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
        const char *foreign;

        if (strcmp(actions[i].name, action) != 0)
            continue;
        foreign = actions[i].foreign(values);
        if (foreign)
            return error_set(err, ERROR_USAGE, "'google %s' has no option %s", action, foreign);
        return actions[i].run(context, values, err);
    }
    return suggestion_fail_action("google", GOOGLE_ACTIONS, action, err);
}

static const struct operand_words google_operand_words[] = {
    {NULL, GOOGLE_ACTIONS},
    {NULL, NULL},
};

const struct command google_command = {
    .name = "google",
    .summary = "Print the user's Google access token, or ask Google for more",
    .operands = "token | authorize",
    .operands_minimum = 1,
    .operands_maximum = 1,
    .operand_words = google_operand_words,
    .description = "'token' prints the access token of Google that Logto's Secret Vault keeps for the "
                   "signed-in user, for "
                   "Google's APIs. Logto renews it when it has expired; it is not stored here. 'authorize' "
                   "asks the user at "
                   "Google, in the browser, for the scopes given; the token that Logto keeps then covers "
                   "them, until the next "
                   "sign-in with Google. Both need the scope 'identities' (logto login --scope identities), "
                   "and a Google "
                   "connector that stores tokens.",
    .examples = "  logto google token --format header |\n"
                "      curl -H @- https://www.googleapis.com/oauth2/v3/userinfo\n"
                "  logto google authorize \\\n"
                "      --scope https://www.googleapis.com/auth/calendar.readonly",
    .options = google_option_specs,
    .options_size = sizeof(struct google_options),
    .run = google_run,
};
