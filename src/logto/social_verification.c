#include "logto/social_verification.h"

#include "codec/json.h"
#include "codec/url.h"

#include <stdlib.h>
#include <string.h>

#define VALUE_MAXIMUM ((size_t)4 * 1024)

static bool append_json(const struct json *object, struct buffer *out, struct error *err)
{
    char *text = json_print(object, false);
    bool ok = buffer_append_text(out, text, err);

    memory_wipe_free(text);
    return ok;
}

bool social_verification_begin(const struct social_verification_request *request, struct buffer *out,
                               struct error *err)
{
    _cleanup_json_ struct json *object = json_object();
    _cleanup_free_ char *scope = list_join(request->scopes, " ");

    json_set_string(object, "connectorId", request->connector_id);
    json_set_string(object, "redirectUri", request->redirect_uri);
    json_set_string(object, "state", secret_text(request->state));
    json_set_string(object, "scope", scope);
    return append_json(object, out, err);
}

bool social_verification_prove(const char *id, const struct secret *code, const char *redirect_uri,
                               struct buffer *out, struct error *err)
{
    _cleanup_json_ struct json *object = json_object();
    struct json *data = json_object();

    json_set_string(data, "code", secret_text(code));
    json_set_string(data, "redirectUri", redirect_uri);
    json_set_string(object, "verificationRecordId", id);
    json_set(object, "connectorData", data);
    return append_json(object, out, err);
}

bool social_verification_use(const char *id, struct buffer *out, struct error *err)
{
    _cleanup_json_ struct json *object = json_object();

    json_set_string(object, "verificationRecordId", id);
    return append_json(object, out, err);
}

static bool has_value(const char *query, const char *name, const char *expected)
{
    _cleanup_buffer_ struct buffer value = BUFFER(VALUE_MAXIMUM);

    return form_find(query, name, &value) == FORM_ONCE && strcmp(buffer_text(&value), expected) == 0;
}

static bool check_url(const struct url *url, const struct social_verification_request *request,
                      struct error *err)
{
    if (!url->secure && !url_is_loopback(url))
        return error_set(err, ERROR_PROTOCOL, "Logto sends the browser to %s without TLS", url->host);
    if (!form_carries(url->query, "state", request->state))
        return error_set(err, ERROR_PROTOCOL, "Logto sends the browser to %s with another state", url->host);
    return has_value(url->query, "redirect_uri", request->redirect_uri) ||
           error_set(err, ERROR_PROTOCOL, "Logto sends the browser to %s with another redirect URI",
                     url->host);
}

/* Whether the one pair of a query is a parameter that is set anew. */
static bool is_replaced(const char *pair)
{
    _cleanup_buffer_ struct buffer value = BUFFER(VALUE_MAXIMUM);

    return form_find(pair, "access_type", &value) != FORM_ABSENT ||
           form_find(pair, "prompt", &value) != FORM_ABSENT;
}

static bool append_kept(const char *query, struct buffer *out, struct error *err)
{
    for (size_t length = 0; *query; query += length + (query[length] == '&')) {
        _cleanup_buffer_ struct buffer pair = BUFFER(SOCIAL_VERIFICATION_URL_MAXIMUM);

        length = strcspn(query, "&");
        if (!buffer_append(&pair, query, length, err))
            return false;
        if (length == 0 || is_replaced(buffer_text(&pair)))
            continue;
        if (!buffer_append_format(out, err, "%s%s", out->length ? "&" : "", buffer_text(&pair)))
            return false;
    }
    return true;
}

static bool append_url(const char *text, const struct url *url, struct buffer *out, struct error *err)
{
    _cleanup_buffer_ struct buffer query = BUFFER(SOCIAL_VERIFICATION_URL_MAXIMUM);

    return append_kept(url->query, &query, err) && form_append(&query, "access_type", "offline", err) &&
           form_append(&query, "prompt", "consent", err) &&
           buffer_append(out, text, strcspn(text, "?"), err) && buffer_append_text(out, "?", err) &&
           buffer_append_text(out, buffer_text(&query), err);
}

bool social_verification_read(const struct http_response *response,
                              const struct social_verification_request *request,
                              struct social_verification *out, struct error *err)
{
    _cleanup_json_ struct json *body = json_parse(buffer_text(&response->body), response->body.length, NULL);
    _cleanup_buffer_ struct buffer address = BUFFER(SOCIAL_VERIFICATION_URL_MAXIMUM);
    const char *id = json_string(body, "verificationRecordId");
    const char *uri = json_string(body, "authorizationUri");
    struct url url;

    if (!id || !*id || !uri)
        return error_set(err, ERROR_PROTOCOL, "Logto returned no verification record");
    if (!url_parse(uri, &url, err)) {
        error_context(err, "the address to which Logto sends the browser");
        return error_change_code(err, ERROR_PROTOCOL);
    }
    if (!check_url(&url, request, err) || !append_url(uri, &url, &address, err) ||
        !buffer_append_text(&out->url, buffer_text(&address), err))
        return false;
    out->id = memory_duplicate(id);
    return true;
}

static bool check_error(const char *query, const char *provider, struct error *err)
{
    _cleanup_buffer_ struct buffer error = BUFFER(64);
    enum form_result found = form_find(query, "error", &error);

    if (found == FORM_ABSENT)
        return true;
    if (found == FORM_ONCE && strcmp(buffer_text(&error), "access_denied") == 0)
        return error_set(err, ERROR_CANCELLED, "the consent was canceled at %s", provider);
    if (found == FORM_ONCE)
        return error_set(err, ERROR_DENIED, "%s refused: \"%s\"", provider, buffer_text(&error));
    return error_set(err, ERROR_PROTOCOL, "invalid response of %s: duplicate or malformed 'error'", provider);
}

bool social_verification_check(const char *query, const char *provider, struct secret **code,
                               struct error *err)
{
    _cleanup_buffer_ struct buffer value = BUFFER(VALUE_MAXIMUM);

    if (!check_error(query, provider, err))
        return false;
    if (form_find(query, "code", &value) != FORM_ONCE || value.length == 0)
        return error_set(err, ERROR_PROTOCOL, "invalid response of %s: 'code' must be there once", provider);
    *code = secret_new(value.data, value.length);
    return true;
}

void social_verification_release(struct social_verification *verification)
{
    free(verification->id);
    verification->id = NULL;
    buffer_release(&verification->url);
}
