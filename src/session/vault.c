#include "session/vault.h"

#include "session/account.h"
#include "session/hint.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool fail_not_found(const struct account *account, const char *target, struct error *err)
{
    const char *provider = vault_provider_name(target);

    error_set(
        err, ERROR_NOT_GRANTED,
        "Logto has no %s token of this user: the user is not linked to %s, the connector does not store "
        "tokens, or the user has not signed in with %s since it does",
        provider, provider, provider);
    return hint_sign_in_again(account->profile, &account->session, target,
                              "enable \"Store tokens for persistent API access\" in the connector's settings "
                              "in the Logto Console",
                              err);
}

static bool fail_expired(const struct account *account, const char *target, struct error *err)
{
    error_set(err, ERROR_NOT_GRANTED, "the %s token has expired, and Logto has no refresh token to renew it",
              vault_provider_name(target));
    return hint_sign_in_again(
        account->profile, &account->session, target,
        "to have tokens renewed, enable \"Offline Access\" and the prompt \"consent\" in "
        "the connector's settings in the Logto Console",
        err);
}

/* In words, where it is about the stored token; any other failure is set already. */
static bool explain_refusal(const struct account *account, const char *target,
                            const struct account_error *refusal, struct error *err)
{
    if (refusal->kind == ACCOUNT_TOKEN_NOT_FOUND)
        return fail_not_found(account, target, err);
    if (refusal->kind == ACCOUNT_TOKEN_EXPIRED)
        return fail_expired(account, target, err);
    if (refusal->kind != ACCOUNT_CONNECTOR_REFUSED)
        return false;
    error_set(err, ERROR_NOT_GRANTED, "%s refused to renew the expired token; the user may have revoked it",
              vault_provider_name(target));
    return hint_sign_in_again(account->profile, &account->session, target, NULL, err);
}

static bool check_lifetime(const struct account *account, const struct vault_request *request,
                           const struct vault_token *token, int64_t now, struct error *err)
{
    int64_t left = token->expires_at - now;

    if (token->expires_at == 0 || left >= request->min_ttl)
        return true;
    error_set(err, ERROR_NOT_GRANTED,
              "the %s token expires in %" PRId64 " second%s, and Logto renews it only after that",
              vault_provider_name(request->target), left, left == 1 ? "" : "s");
    return hint_sign_in_again(account->profile, &account->session, request->target,
                              "use a shorter --min-ttl, or get a new token", err);
}

static bool check_scopes(const struct account *account, const struct vault_request *request,
                         const struct vault_token *token, struct error *err)
{
    const char *missing = vault_token_missing(token, request->scopes);

    if (!missing)
        return true;
    error_set(err, ERROR_NOT_GRANTED, "the %s token does not cover the scope %s",
              vault_provider_name(request->target), missing);
    if (strcmp(request->target, "google") == 0)
        hint_authorize(account->profile, request->scopes, err);
    return false;
}

bool vault_fetch_token(const struct interfaces *interfaces, const struct profile *profile,
                       const struct vault_request *wanted, struct vault_token *out, struct error *err)
{
    _cleanup_account_ struct account account = {.interfaces = NULL};
    _cleanup_http_response_ struct http_response response = HTTP_RESPONSE_EMPTY;
    _cleanup_vault_token_ struct vault_token token = VAULT_TOKEN_EMPTY;
    _cleanup_free_ char *path = vault_token_path(wanted->target);
    struct http_request request = {.url = NULL};
    struct account_error refusal;
    int64_t now = interfaces->system->now(interfaces->system);

    if (!account_open(&account, interfaces, profile, err))
        return false;
    if (!account_send(&account, "reading the stored token", path, &request, &response, &refusal, err))
        return explain_refusal(&account, wanted->target, &refusal, err);
    if (!vault_token_read(&response, now, &token, err) || !check_scopes(&account, wanted, &token, err) ||
        !check_lifetime(&account, wanted, &token, now, err))
        return false;
    *out = token;
    token = (struct vault_token)VAULT_TOKEN_EMPTY;
    return true;
}
