#include "oidc/authorize.h"

#include "codec/url.h"
#include "crypto/pkce.h"

#include <string.h>

#define VALUE_MAXIMUM 4096

static bool append_lists(const struct authorization_request *request, struct buffer *out, struct error *err)
{
    _cleanup_free_ char *scope = list_join(request->scopes, " ");

    if (!form_append(out, "scope", scope, err))
        return false;
    for (size_t i = 0; i < request->resources->count; i++)
        if (!form_append(out, "resource", request->resources->items[i], err))
            return false;
    return true;
}

static bool append_extra(const struct authorization_request *request, struct buffer *out, struct error *err)
{
    if (!request->extra || request->extra->length == 0)
        return true;
    return buffer_append_text(out, "&", err) &&
           buffer_append(out, request->extra->data, request->extra->length, err);
}

bool authorize_append_shared(const struct authorization_request *request, struct buffer *form,
                             struct error *err)
{
    return append_lists(request, form, err) && form_append(form, "ui_locales", request->ui_locales, err) &&
           form_append(form, "login_hint", request->login_hint, err) && append_extra(request, form, err);
}

bool authorize_parameters(const struct authorization_request *request, struct buffer *form, struct error *err)
{
    char challenge[44];

    return pkce_challenge(request->code_verifier, challenge, err) &&
           form_append(form, "response_type", "code", err) &&
           form_append(form, "redirect_uri", request->redirect_uri, err) &&
           authorize_append_shared(request, form, err) &&
           form_append_secret(form, "state", request->state, err) &&
           form_append_secret(form, "nonce", request->nonce, err) &&
           form_append(form, "code_challenge", challenge, err) &&
           form_append(form, "code_challenge_method", "S256", err) &&
           form_append(form, "prompt", request->prompt, err);
}

bool authorize_endpoint(const struct provider *provider, struct buffer *out, struct error *err)
{
    return url_append(out, provider->authorization_endpoint, err) &&
           buffer_append_text(out, strchr(provider->authorization_endpoint, '?') ? "" : "?", err);
}

bool authorize_url(const struct provider *provider, const struct authorization_request *request,
                   struct buffer *out, struct error *err)
{
    return authorize_endpoint(provider, out, err) && form_append(out, "client_id", request->client_id, err) &&
           authorize_parameters(request, out, err);
}

static bool find_once(const char *query, const char *name, struct buffer *value, bool *present,
                      struct error *err)
{
    enum form_result result = form_find(query, name, value);

    *present = result == FORM_ONCE;
    if (result == FORM_REPEATED || result == FORM_MALFORMED)
        return error_set(err, ERROR_PROTOCOL, "invalid authorization response: %s '%s'",
                         result == FORM_REPEATED ? "duplicate" : "malformed", name);
    return true;
}

/* RFC 9207, 2.4: detects a mix-up of two providers, so it comes before all other checks. */
static bool check_issuer(const struct provider *provider, const char *query, struct error *err)
{
    _cleanup_buffer_ struct buffer iss = BUFFER(VALUE_MAXIMUM);
    bool present;

    if (!find_once(query, "iss", &iss, &present, err))
        return false;
    if (!present && provider->iss_parameter)
        return error_set(err, ERROR_PROTOCOL, "invalid authorization response: missing 'iss'");
    if (present && strcmp(buffer_text(&iss), provider->issuer) != 0)
        return error_set(err, ERROR_PROTOCOL,
                         "invalid authorization response: unexpected issuer %s (expected %s)",
                         buffer_text(&iss), provider->issuer);
    return true;
}

static bool check_error(const char *query, struct error *err)
{
    _cleanup_buffer_ struct buffer error = BUFFER(VALUE_MAXIMUM);
    _cleanup_buffer_ struct buffer description = BUFFER(VALUE_MAXIMUM);
    bool present, described;

    if (!find_once(query, "error", &error, &present, err) ||
        !find_once(query, "error_description", &description, &described, err))
        return false;
    if (!present)
        return true;
    if (described)
        error_set(err, ERROR_DENIED, "the sign-in was refused: %s: \"%s\"", buffer_text(&error),
                  buffer_text(&description));
    else
        error_set(err, ERROR_DENIED, "the sign-in was refused: %s", buffer_text(&error));
    if (strcmp(buffer_text(&error), "access_denied") == 0)
        error_hint(err, "sign in again and allow what is asked for; if you did, ask the administrator of the "
                        "app for access");
    return false;
}

bool authorize_check(const struct provider *provider, const char *query, struct secret **code,
                     struct error *err)
{
    _cleanup_buffer_ struct buffer value = BUFFER(VALUE_MAXIMUM);
    bool present;

    if (!check_issuer(provider, query, err) || !check_error(query, err) ||
        !find_once(query, "code", &value, &present, err))
        return false;
    if (!present || value.length == 0)
        return error_set(err, ERROR_PROTOCOL, "invalid authorization response: missing 'code'");
    *code = secret_new(value.data, value.length);
    return true;
}
