#include "oidc/oauth_error.h"

#include "base/memory.h"
#include "codec/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What each error means for the user. Callers may replace the hint. */
static const struct {
    const char *word;
    enum error_code code;
    const char *hint;
} table[OAUTH_ERROR_KINDS] = {
    [OAUTH_NO_RESPONSE] = {NULL, ERROR_NETWORK, NULL},
    [OAUTH_ACCESS_DENIED] = {"access_denied", ERROR_NOT_GRANTED,
                             "check the roles and organizations of the user in the Logto Console"},
    [OAUTH_AUTHORIZATION_PENDING] = {"authorization_pending", ERROR_PROTOCOL, NULL},
    [OAUTH_EXPIRED_TOKEN] = {"expired_token", ERROR_TIMEOUT, NULL},
    [OAUTH_INSUFFICIENT_SCOPE] = {"insufficient_scope", ERROR_NOT_GRANTED,
                                  "check the roles and organizations of the user in the Logto Console"},
    [OAUTH_INVALID_CLIENT] = {"invalid_client", ERROR_CONFIG,
                              "check the app id, and the app's secret if it has one, in the Logto Console"},
    [OAUTH_INVALID_GRANT] = {"invalid_grant", ERROR_SESSION_ENDED, NULL},
    [OAUTH_INVALID_REDIRECT_URI] = {"invalid_redirect_uri", ERROR_CONFIG,
                                    "check the redirect URIs of the app in the Logto Console"},
    [OAUTH_INVALID_REQUEST] = {"invalid_request", ERROR_CONFIG,
                               "check the type and the settings of the app in the Logto Console"},
    [OAUTH_INVALID_SCOPE] = {"invalid_scope", ERROR_NOT_GRANTED,
                             "check the permissions of the user in the Logto Console"},
    [OAUTH_INVALID_TARGET] = {"invalid_target", ERROR_NOT_GRANTED,
                              "check that the API is registered in the Logto Console"},
    [OAUTH_INVALID_TOKEN] = {"invalid_token", ERROR_SESSION_ENDED, NULL},
    [OAUTH_SLOW_DOWN] = {"slow_down", ERROR_RATE_LIMITED, "try again later"},
    [OAUTH_UNAUTHORIZED_CLIENT] = {"unauthorized_client", ERROR_CONFIG,
                                   "check the type and the settings of the app in the Logto Console"},
    [OAUTH_RATE_LIMITED] = {NULL, ERROR_RATE_LIMITED, "try again later"},
    [OAUTH_SERVER_ERROR] = {NULL, ERROR_NETWORK, "try again later"},
    [OAUTH_OTHER] = {NULL, ERROR_PROTOCOL, NULL},
};

enum oauth_error_kind oauth_error_kind(const char *word)
{
    for (int kind = 0; kind < OAUTH_ERROR_KINDS; kind++)
        if (table[kind].word && strcmp(table[kind].word, word) == 0)
            return (enum oauth_error_kind)kind;
    return OAUTH_OTHER;
}

static enum oauth_error_kind find_kind(int status, const char *word)
{
    if (status == 429)
        return OAUTH_RATE_LIMITED;
    return status >= 500 ? OAUTH_SERVER_ERROR : oauth_error_kind(word);
}

static void read_body(const struct http_response *response, struct oauth_error *out)
{
    _cleanup_json_ struct json *body = NULL;
    const char *error, *description;

    if (response->json)
        body = json_parse(buffer_text(&response->body), response->body.length, NULL);
    error = json_string(body, "error");
    description = json_string(body, "error_description");
    if (!description)
        description = json_string(body, "message");
    snprintf(out->error, sizeof(out->error), "%s", error ? error : "");
    snprintf(out->description, sizeof(out->description), "%s", description ? description : "");
}

static void set_message(const char *what, const struct oauth_error *answer, struct error *err)
{
    enum error_code code = table[answer->kind].code;

    if (answer->kind == OAUTH_RATE_LIMITED)
        error_set(err, code, "%s: too many requests (HTTP 429)", what);
    else if (answer->kind == OAUTH_SERVER_ERROR)
        error_set(err, code, "%s: server error (HTTP %d)", what, answer->status);
    else if (answer->status >= 300 && answer->status < 400)
        error_set(err, code, "%s: unexpected redirect (HTTP %d)", what, answer->status);
    else if (answer->error[0] && answer->description[0])
        error_set(err, code, "%s: %s: \"%s\"", what, answer->error, answer->description);
    else if (answer->error[0] || answer->description[0])
        error_set(err, code, "%s: \"%s\"", what, answer->error[0] ? answer->error : answer->description);
    else
        error_set(err, code, "%s: unexpected response (HTTP %d)", what, answer->status);
}

static void set_hint(const struct http_response *response, const struct oauth_error *answer,
                     struct error *err)
{
    bool busy = answer->kind == OAUTH_RATE_LIMITED || answer->kind == OAUTH_SERVER_ERROR;

    if (busy && response->retry_after >= 0)
        error_hint(err, "try again in %" PRId64 " second%s", response->retry_after,
                   response->retry_after == 1 ? "" : "s");
    else if (table[answer->kind].hint)
        error_hint(err, "%s", table[answer->kind].hint);
    else if (answer->status >= 300 && answer->status < 400)
        error_hint(err, "redirects are not followed; use the endpoint's final URL");
}

bool oauth_error_read(const char *what, const struct http_response *response, struct oauth_error *out,
                      struct error *err)
{
    struct oauth_error answer = {.status = response->status};

    read_body(response, &answer);
    answer.kind = find_kind(response->status, answer.error);
    set_message(what, &answer, err);
    set_hint(response, &answer, err);
    if (out)
        *out = answer;
    return false;
}
