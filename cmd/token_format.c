#include "cmd/token_format.h"

#include "base/buffer.h"
#include "cmd/output.h"
#include "codec/json.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TEXT_MAXIMUM ((size_t)256 * 1024)

static bool print_framed(const char *before, const struct token_view *view, struct error *err)
{
    _cleanup_buffer_ struct buffer text = BUFFER(TEXT_MAXIMUM);
    _cleanup_secret_ struct secret *line = NULL;

    if (!buffer_append_text(&text, before, err) ||
        !buffer_append(&text, secret_text(view->token), secret_length(view->token), err) ||
        !buffer_append_text(&text, "\n", err))
        return false;
    line = secret_new(text.data, text.length);
    return output_secret(line, err);
}

static bool print_json(struct json *object, struct error *err)
{
    char *text = json_print(object, false);
    _cleanup_secret_ struct secret *line = NULL;
    _cleanup_buffer_ struct buffer whole = BUFFER(TEXT_MAXIMUM);
    bool ok = buffer_append_text(&whole, text, err) && buffer_append_text(&whole, "\n", err);

    memory_wipe_free(text);
    if (!ok)
        return false;
    line = secret_new(whole.data, whole.length);
    return output_secret(line, err);
}

static void set_lifetime(struct json *object, const struct token_view *view)
{
    if (view->expires_at == 0) {
        json_set_null(object, "expires_at");
        json_set_null(object, "expires_in");
        return;
    }
    json_set_integer(object, "expires_at", view->expires_at);
    json_set_integer(object, "expires_in", view->expires_at > view->now ? view->expires_at - view->now : 0);
}

static bool print_object(const struct token_view *view, struct error *err)
{
    _cleanup_json_ struct json *object = json_object();

    json_set_string(object, view->is_id_token ? "id_token" : "access_token", secret_text(view->token));
    json_set_string(object, "token_type", "Bearer");
    set_lifetime(object, view);
    if (!view->is_id_token)
        json_set_string(object, "scope", view->scope);
    if (view->connector)
        json_set_string(object, "connector", view->connector);
    else if (!view->is_id_token) {
        json_set_string(object, "resource", view->resource);
        json_set_string(object, "organization_id", view->organization_id);
    }
    return print_json(object, err);
}

/* client.authentication.k8s.io/v1: kubectl asks again after expirationTimestamp. */
static bool print_exec_credential(const struct token_view *view, struct error *err)
{
    _cleanup_json_ struct json *object = json_object();
    struct json *status = json_object();
    time_t expires_at = (time_t)view->expires_at;
    char timestamp[32];
    struct tm utc;

    gmtime_r(&expires_at, &utc);
    strftime(timestamp, sizeof(timestamp), "%Y-%m-%dT%H:%M:%SZ", &utc);
    json_set_string(object, "apiVersion", "client.authentication.k8s.io/v1");
    json_set_string(object, "kind", "ExecCredential");
    json_set_string(status, "expirationTimestamp", timestamp);
    json_set_string(status, "token", secret_text(view->token));
    json_set(object, "status", status);
    return print_json(object, err);
}

/* As in the name of a variable. */
static int upper_case(char character)
{
    if (character >= 'a' && character <= 'z')
        return character - 'a' + 'A';
    return (character >= 'A' && character <= 'Z') || (character >= '0' && character <= '9') ? character : '_';
}

/* LOGTO_ACCESS_TOKEN=…; of another provider's token GOOGLE_ACCESS_TOKEN=…. */
static bool print_variable(const struct token_view *view, struct error *err)
{
    _cleanup_free_ char *before = memory_format("%s_%s_TOKEN=", view->connector ? view->connector : "LOGTO",
                                                view->is_id_token ? "ID" : "ACCESS");

    for (char *end = before + strlen(before) - strlen("="), *at = before; at < end; at++)
        *at = (char)upper_case(*at);
    return print_framed(before, view, err);
}

bool token_print(const char *format, const struct token_view *view, struct error *err)
{
    if (strcmp(format, "json") == 0)
        return print_object(view, err);
    if (strcmp(format, "exec-credential") == 0)
        return print_exec_credential(view, err);
    if (strcmp(format, "header") == 0)
        return print_framed("Authorization: Bearer ", view, err);
    if (strcmp(format, "env") == 0)
        return print_variable(view, err);
    return print_framed("", view, err);
}
