#include "logto/account_error.h"

#include "codec/json.h"

#include <stdio.h>
#include <string.h>

/* A code that ends in '.' stands for all that begin so; the first match counts. */
static const struct {
    const char *code;
    enum account_error_kind kind;
} table[] = {
    {"auth.forbidden", ACCOUNT_FORBIDDEN},
    {"auth.", ACCOUNT_UNAUTHORIZED},
    {"account_center.not_enabled", ACCOUNT_CENTER_DISABLED},
    {"secrets.third_party_token_set.token_not_found", ACCOUNT_TOKEN_NOT_FOUND},
    {"secrets.third_party_token_set.access_token_expired", ACCOUNT_TOKEN_EXPIRED},
    {"connector.", ACCOUNT_CONNECTOR_REFUSED},
    {"session.invalid_connector_id", ACCOUNT_CONNECTOR_UNKNOWN},
    {"verification_record.social_verification.invalid_target", ACCOUNT_OTHER_TARGET},
    {"verification_record.social_verification.token_response_not_found", ACCOUNT_STORAGE_DISABLED},
    {"verification_record.not_found", ACCOUNT_RECORD_NOT_FOUND},
    {"user.identity_not_exists_in_current_user", ACCOUNT_OTHER_IDENTITY},
};

static bool matches(const char *code, const char *pattern)
{
    size_t length = strlen(pattern);

    return pattern[length - 1] == '.' ? strncmp(code, pattern, length) == 0 : strcmp(code, pattern) == 0;
}

static enum account_error_kind find_kind(const char *code)
{
    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (matches(code, table[i].code))
            return table[i].kind;
    return ACCOUNT_OTHER;
}

/* Words and dots: nothing that could be a secret or do anything to a terminal. */
static bool can_be_shown(const char *code)
{
    return strlen(code) < ACCOUNT_ERROR_CODE_SIZE &&
           strspn(code, "abcdefghijklmnopqrstuvwxyz_.") == strlen(code);
}

struct account_error account_error_read(const struct http_response *response)
{
    struct account_error out = {.kind = ACCOUNT_OTHER};
    _cleanup_json_ struct json *body = NULL;
    const char *code = NULL;

    if (response->json)
        body = json_parse(buffer_text(&response->body), response->body.length, NULL);
    code = json_string(body, "code");
    if (!code || !can_be_shown(code))
        return out;
    out.kind = find_kind(code);
    snprintf(out.code, sizeof(out.code), "%s", code);
    return out;
}
