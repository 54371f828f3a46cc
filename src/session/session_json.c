#include "session/session_json.h"

#include "codec/bearer.h"
#include "codec/jwt.h"

/* Raised when an older program could misread what a newer one stored. */
#define FORMAT_VERSION 1

static void set_secret(struct json *object, const char *name, const struct secret *secret)
{
    if (secret)
        json_set_string(object, name, secret_text(secret));
}

static struct json *encode_token(const struct access_token *token)
{
    struct json *object = json_object();

    set_secret(object, "token", token->token);
    json_set_text(object, "resource", token->resource);
    json_set_text(object, "organization_id", token->organization_id);
    json_set_text(object, "asked_scope", token->asked_scope);
    json_set_text(object, "scope", token->scope);
    json_set_integer(object, "expires_at", token->expires_at);
    return object;
}

static struct json *encode(const struct session *session)
{
    struct json *object = json_object();
    struct json *tokens = json_array();

    json_set_integer(object, "version", FORMAT_VERSION);
    json_set_text(object, "profile", session->profile);
    json_set_text(object, "endpoint", session->endpoint);
    json_set_text(object, "issuer", session->issuer);
    json_set_text(object, "app_id", session->app_id);
    set_secret(object, "app_secret", session->app_secret);
    set_secret(object, "refresh_token", session->refresh_token);
    set_secret(object, "id_token", session->id_token);
    json_set_list(object, "scopes", &session->scopes);
    json_set_list(object, "resources", &session->resources);
    if (session->organizations)
        json_set(object, "organizations", json_copy(session->organizations));
    json_set_integer(object, "signed_in_at", session->signed_in_at);
    if (session->unproven)
        json_set_boolean(object, "unproven", true);
    if (session->machine)
        json_set_boolean(object, "machine", true);
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

static bool refuse(struct error *err, const char *why)
{
    return error_set(err, ERROR_STORE_UNAVAILABLE, "cannot read the stored session: %s", why);
}

/* Missing members leave *out; false when one has another type. */
static bool read_text(const struct json *object, const char *name, char **out)
{
    const struct json *member = json_member(object, name);

    *out = memory_duplicate(json_text(member));
    return !member || *out;
}

static bool read_secret(const struct json *object, const char *name, struct secret **out)
{
    const struct json *member = json_member(object, name);

    *out = secret_from_text(json_text(member));
    return !member || *out;
}

static bool read_token(const struct json *object, const char *name, struct secret **out)
{
    return read_secret(object, name, out) && (!*out || token_is_well_formed(secret_text(*out)));
}

static bool read_access_token(const struct json *object, struct session *session)
{
    _cleanup_access_token_ struct access_token read = {.token = NULL};
    struct access_token *token;

    if (!read_token(object, "token", &read.token) || !read.token ||
        !read_text(object, "resource", &read.resource) ||
        !read_text(object, "organization_id", &read.organization_id) ||
        !read_text(object, "asked_scope", &read.asked_scope) || !read_text(object, "scope", &read.scope) ||
        !json_integer(object, "expires_at", &read.expires_at))
        return false;
    token = session_put_token(session, read.resource, read.organization_id,
                              read.asked_scope ? read.asked_scope : "");
    token->token = TAKE(read.token);
    token->scope = TAKE(read.scope);
    token->expires_at = read.expires_at;
    return true;
}

static bool read_access_tokens(const struct json *tokens, struct session *session)
{
    for (const struct json *token = json_first(tokens); token; token = json_next(token))
        if (!read_access_token(token, session))
            return false;
    return true;
}

/* Only names: nothing depends on them, so that what is not an array is as good as none. */
static void read_organizations(const struct json *object, struct session *session)
{
    const struct json *organizations = json_member(object, "organizations");

    if (json_is_array(organizations))
        session->organizations = json_copy(organizations);
}

static bool read_members(const struct json *object, struct session *session)
{
    json_strings(object, "scopes", &session->scopes);
    json_strings(object, "resources", &session->resources);
    json_integer(object, "signed_in_at", &session->signed_in_at);
    read_organizations(object, session);
    session->unproven = json_boolean(object, "unproven", false);
    session->machine = json_boolean(object, "machine", false);
    return read_text(object, "profile", &session->profile) && session->profile &&
           read_text(object, "endpoint", &session->endpoint) && session->endpoint &&
           read_text(object, "issuer", &session->issuer) && session->issuer &&
           read_text(object, "app_id", &session->app_id) && session->app_id &&
           read_secret(object, "app_secret", &session->app_secret) &&
           read_token(object, "refresh_token", &session->refresh_token) &&
           read_token(object, "id_token", &session->id_token) &&
           read_access_tokens(json_member(object, "access_tokens"), session);
}

static bool decode_claims(struct session *session, struct error *err)
{
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;

    if (session->machine)
        return true;
    if (!session->id_token ||
        !jwt_decode(secret_text(session->id_token), secret_length(session->id_token), &jwt, NULL))
        return refuse(err, "missing ID token");
    session->claims = TAKE(jwt.claims);
    return true;
}

static bool decode(const struct json *object, struct session *session, struct error *err)
{
    int64_t version = 0;

    if (!json_integer(object, "version", &version) || version != FORMAT_VERSION)
        return refuse(err, "written by another version of logto");
    if (!read_members(object, session))
        return refuse(err, "a member is missing or malformed");
    return decode_claims(session, err);
}

bool session_decode(const struct secret *text, struct session *out, struct error *err)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;
    _cleanup_json_ struct json *object = json_parse(secret_text(text), secret_length(text), NULL);

    if (!object)
        return refuse(err, "not JSON");
    if (!decode(object, &session, err))
        return false;
    *out = session;
    session = (struct session)SESSION_EMPTY;
    return true;
}

bool session_identify(const struct secret *text, void (*found)(void *data, const struct store_key *key),
                      void *data)
{
    _cleanup_json_ struct json *object = json_parse(secret_text(text), secret_length(text), NULL);
    struct store_key key = {json_string(object, "profile"), json_string(object, "issuer"),
                            json_string(object, "app_id")};

    if (!key.profile || !key.issuer || !key.app_id)
        return false;
    found(data, &key);
    return true;
}
