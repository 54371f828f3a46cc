#include "logto/vault_token.h"

#include "codec/bearer.h"
#include "codec/json.h"
#include "codec/url.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Beyond this an `expires_in` is no lifetime. */
#define LIFETIME_LONGEST ((int64_t)10 * 366 * 24 * 3600)

static const struct {
    const char *target;
    const char *name;
} providers[] = {{"google", "Google"}, {"github", "GitHub"}, {"facebook", "Facebook"}};

const char *vault_provider_name(const char *target)
{
    for (size_t i = 0; i < ARRAY_SIZE(providers); i++)
        if (strcmp(providers[i].target, target) == 0)
            return providers[i].name;
    return target;
}

char *vault_token_path(const char *target)
{
    _cleanup_buffer_ struct buffer encoded = BUFFER(4096);

    form_encode(&encoded, target, strlen(target), NULL);
    return memory_format("/api/my-account/identities/%s/access-token", buffer_text(&encoded));
}

/* Absent means bearer: that is what all providers with token storage issue. */
static bool check_type(const struct json *body, struct error *err)
{
    const char *type = json_string(body, "token_type");

    return !type || strcasecmp(type, "Bearer") == 0 ||
           error_set(err, ERROR_PROTOCOL, "the stored token is of the unknown type %s", type);
}

static int64_t read_expiry(const struct json *body, int64_t now)
{
    int64_t seconds;

    if (!json_integer(body, "expires_in", &seconds) || seconds < 0 || seconds > LIFETIME_LONGEST)
        return 0;
    return now + seconds;
}

bool vault_token_read(const struct http_response *response, int64_t now, struct vault_token *out,
                      struct error *err)
{
    _cleanup_json_ struct json *body = json_parse(buffer_text(&response->body), response->body.length, err);
    const char *token = json_string(body, "access_token");

    if (!body)
        return error_context(err, "reading the stored token");
    if (!token || !token_is_well_formed(token))
        return error_set(err, ERROR_PROTOCOL, "Logto returned %s access_token", token ? "a malformed" : "no");
    if (!check_type(body, err))
        return false;
    *out = (struct vault_token){.token = secret_from_text(token),
                                .scope = memory_duplicate(json_string(body, "scope")),
                                .expires_at = read_expiry(body, now)};
    return true;
}

/* Google answers with its own names for two scopes of OpenID Connect. */
static bool is_granted(const struct list *granted, const char *scope)
{
    if (list_contains(granted, scope))
        return true;
    if (strcmp(scope, "email") == 0 || strcmp(scope, "profile") == 0) {
        _cleanup_free_ char *alias = memory_format("https://www.googleapis.com/auth/userinfo.%s", scope);

        return list_contains(granted, alias);
    }
    return false;
}

const char *vault_token_missing(const struct vault_token *token, const struct list *scopes)
{
    _cleanup_list_ struct list granted = LIST_EMPTY;

    list_add_words(&granted, token->scope);
    for (size_t i = 0; token->scope && i < scopes->count; i++)
        if (!is_granted(&granted, scopes->items[i]))
            return scopes->items[i];
    return NULL;
}

void vault_token_release(struct vault_token *token)
{
    secret_free(&token->token);
    free(token->scope);
    *token = (struct vault_token)VAULT_TOKEN_EMPTY;
}
