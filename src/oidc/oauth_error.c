#include "oidc/oauth_error.h"

#include "codec/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void read_body(const struct http_response *response, struct oauth_error *out)
{
    struct error ignored;
    _cleanup_json_ struct json *body = response->json ? json_parse(buffer_text(&response->body),
                                                                   response->body.length, &ignored)
                                                      : NULL;
    const char *error = json_string(body, "error");
    const char *description = json_string(body, "error_description");

    if (!description)
        description = json_string(body, "message");
    snprintf(out->error, sizeof(out->error), "%s", error ? error : "");
    snprintf(out->description, sizeof(out->description), "%s", description ? description : "");
}

static bool fail_rate_limited(const char *what, const struct http_response *response, struct error *err)
{
    error_set(err, ERROR_RATE_LIMITED, "%s: the server has had too many requests (HTTP 429)", what);
    if (response->retry_after >= 0)
        return error_hint(err, "try again in %" PRId64 " seconds", response->retry_after);
    return error_hint(err, "try again a little later");
}

static bool fail_status(const char *what, const struct http_response *response,
                        const struct oauth_error *answer, struct error *err)
{
    if (response->status >= 300 && response->status < 400) {
        error_set(err, ERROR_PROTOCOL, "%s: the server wants to send us elsewhere (HTTP %d)", what,
                  response->status);
        return error_hint(err, "redirects are not followed: give the endpoint's final address");
    }
    if (response->status >= 500) {
        error_set(err, ERROR_NETWORK, "%s: the server has a problem (HTTP %d)", what, response->status);
        return response->retry_after >= 0
                   ? error_hint(err, "try again in %" PRId64 " seconds", response->retry_after)
                   : error_hint(err, "try again a little later");
    }
    if (answer->error[0] || answer->description[0])
        return error_set(err, ERROR_PROTOCOL, "%s: the server says %s: \"%s\"", what,
                         answer->error[0] ? answer->error : "no", answer->description);
    return error_set(err, ERROR_PROTOCOL, "%s: unexpected answer (HTTP %d)", what, response->status);
}

bool oauth_error_read(const char *what, const struct http_response *response, struct oauth_error *out,
                      struct error *err)
{
    struct oauth_error answer = {.status = response->status};

    read_body(response, &answer);
    if (out)
        *out = answer;
    if (response->status == 429)
        return fail_rate_limited(what, response, err);
    return fail_status(what, response, &answer, err);
}
