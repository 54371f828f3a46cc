#include "session/session_json.h"

#include "codec/jwt.h"

#include <stdlib.h>
#include <string.h>

/* Raised when an older program could misread what a newer one stored. */
#define FORMAT_VERSION 1

static void set_secret(struct json *object, const char *name, const struct secret *secret)
{
    if (secret)
        json_set_string(object, name, secret_text(secret));
}

static void set_text(struct json *object, const char *name, const char *text)
{
    if (text)
        json_set_string(object, name, text);
}

static struct json *encode_token(const struct access_token *token)
{
    struct json *object = json_object();

    set_secret(object, "token", token->token);
    set_text(object, "resource", token->resource);
    set_text(object, "organization_id", token->organization_id);
    set_text(object, "asked_scope", token->asked_scope);
    set_text(object, "scope", token->scope);
    json_set_integer(object, "expires_at", token->expires_at);
    return object;
}

static struct json *encode(const struct session *session)
{
    struct json *object = json_object();
    struct json *tokens = json_array();

    json_set_integer(object, "version", FORMAT_VERSION);
    set_text(object, "profile", session->profile);
    set_text(object, "endpoint", session->endpoint);
    set_text(object, "issuer", session->issuer);
    set_text(object, "app_id", session->app_id);
    set_secret(object, "app_secret", session->app_secret);
    set_secret(object, "refresh_token", session->refresh_token);
    set_secret(object, "id_token", session->id_token);
    json_set_list(object, "scopes", &session->scopes);
    json_set_list(object, "resources", &session->resources);
    json_set_integer(object, "signed_in_at", session->signed_in_at);
    for (size_t i = 0; i < session->token_count; i++)
        json_append(tokens, encode_token(&session->tokens[i]));
    json_set(object, "access_tokens", tokens);
    return object;
}

struct secret *session_encode(const struct session *session)
{
    _cleanup_json_ struct json *object = encode(session);
    char *text = json_print(object, false);
    struct secret *secret = secret_from_text(text);

    memory_wipe_free(text);
    return secret;
}

static bool damaged(struct error *err, const char *why)
{
    error_set(err, ERROR_STORE_UNAVAILABLE, "the stored session cannot be read: %s", why);
    return error_hint(err, "nothing was deleted; 'logto login' replaces it");
}

static bool decode_claims(struct session *session, struct error *err)
{
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;

    if (!session->id_token ||
        !jwt_decode(secret_text(session->id_token), secret_length(session->id_token), &jwt, NULL))
        return damaged(err, "it has no ID token");
    session->claims = jwt.claims;
    jwt.claims = NULL;
    return true;
}

static void decode_token(const struct json *object, struct session *session)
{
    const char *text = json_string(object, "token");
    const char *asked = json_string(object, "asked_scope");
    struct access_token *token;

    if (!text || session->token_count >= SESSION_TOKENS_MAXIMUM)
        return;
    token = session_put_token(session, json_string(object, "resource"),
                              json_string(object, "organization_id"), asked ? asked : "");
    token->token = secret_from_text(text);
    token->scope = memory_duplicate(json_string(object, "scope"));
    json_integer(object, "expires_at", &token->expires_at);
}

static bool decode(const struct json *object, struct session *session, struct error *err)
{
    int64_t version = 0;

    if (!json_integer(object, "version", &version) || version != FORMAT_VERSION)
        return damaged(err, "another version of logto wrote it");
    session->profile = memory_duplicate(json_string(object, "profile"));
    session->endpoint = memory_duplicate(json_string(object, "endpoint"));
    session->issuer = memory_duplicate(json_string(object, "issuer"));
    session->app_id = memory_duplicate(json_string(object, "app_id"));
    session->app_secret = secret_from_text(json_string(object, "app_secret"));
    session->refresh_token = secret_from_text(json_string(object, "refresh_token"));
    session->id_token = secret_from_text(json_string(object, "id_token"));
    json_strings(object, "scopes", &session->scopes);
    json_strings(object, "resources", &session->resources);
    json_integer(object, "signed_in_at", &session->signed_in_at);
    for (const struct json *token = json_first(json_member(object, "access_tokens")); token;
         token = json_next(token))
        decode_token(token, session);
    if (!session->profile || !session->endpoint || !session->issuer || !session->app_id)
        return damaged(err, "it is incomplete");
    return decode_claims(session, err);
}

bool session_decode(const struct secret *text, struct session *out, struct error *err)
{
    struct session session = SESSION_EMPTY;
    _cleanup_json_ struct json *object = json_parse(secret_text(text), secret_length(text), NULL);

    if (!object)
        return damaged(err, "it is no JSON");
    if (decode(object, &session, err)) {
        *out = session;
        return true;
    }
    session_release(&session);
    return false;
}
