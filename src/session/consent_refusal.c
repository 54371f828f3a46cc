#include "session/consent_refusal.h"

#include "logto/vault_token.h"
#include "oidc/userinfo.h"
#include "session/access.h"

static bool fail_unknown_connector(const struct account *account, const char *id, struct error *err)
{
    error_set(err, ERROR_CONFIG, "%s has no connector with the id '%s'", account->profile->endpoint, id);
    return error_hint(err,
                      "use --connector-id with the id that the connector's page in the Logto Console shows");
}

static bool fail_other_target(const char *target, const char *id, struct error *err)
{
    error_set(err, ERROR_CONFIG, "the connector '%s' is not %s's", id, vault_provider_name(target));
    return error_hint(err,
                      "use --connector-id with the id that the connector's page in the Logto Console shows");
}

static bool fail_storage_disabled(const char *target, struct error *err)
{
    error_set(err, ERROR_CONFIG, "the %s connector does not store tokens", vault_provider_name(target));
    return error_hint(
        err, "enable \"Store tokens for persistent API access\" in its settings in the Logto Console, "
             "then try again");
}

/* Logto says the same in both cases; the claims of the user tell them apart. When they can't be had, true. */
static bool is_linked(struct account *account, const char *target)
{
    struct oidc oidc = interfaces_oidc(account->interfaces, account->profile);
    _cleanup_provider_ struct provider provider = {0};
    _cleanup_json_ struct json *claims = NULL;
    struct access_request opaque = {.min_ttl = 0};
    const char *sub = json_string(account->session.claims, "sub");
    const struct access_token *token;

    if (!sub || !discovery_load(&oidc, account->profile->issuer, &provider, NULL) ||
        !session_access_token(account->interfaces, account->profile, &account->session, &opaque, &token,
                              NULL))
        return true;
    claims = userinfo_fetch(&oidc, &provider, token->token, sub, NULL);
    return !claims || json_member(json_member(claims, "identities"), target);
}

static bool fail_other_identity(struct account *account, const char *target, struct error *err)
{
    const char *provider = vault_provider_name(target);

    if (!is_linked(account, target)) {
        error_set(err, ERROR_DENIED, "the signed-in user is not linked to %s", provider);
        return error_hint(err, "link %s in your account settings, or sign in with it", provider);
    }
    error_set(err, ERROR_DENIED, "this is not the %s account that the signed-in user is linked to", provider);
    return error_hint(err, "try again and choose the linked account; what Logto keeps is unchanged");
}

bool consent_explain_refusal(struct account *account, const char *target, const char *connector_id,
                             const struct account_error *refusal, struct error *err)
{
    if (refusal->kind == ACCOUNT_CONNECTOR_UNKNOWN)
        return fail_unknown_connector(account, connector_id, err);
    if (refusal->kind == ACCOUNT_OTHER_TARGET)
        return fail_other_target(target, connector_id, err);
    if (refusal->kind == ACCOUNT_STORAGE_DISABLED)
        return fail_storage_disabled(target, err);
    if (refusal->kind == ACCOUNT_OTHER_IDENTITY)
        return fail_other_identity(account, target, err);
    if (refusal->kind == ACCOUNT_CONNECTOR_REFUSED) {
        error_set(err, ERROR_DENIED, "%s did not accept the authorization code", vault_provider_name(target));
        return error_hint(err, "try again");
    }
    if (refusal->kind != ACCOUNT_RECORD_NOT_FOUND)
        return false;
    error_set(err, ERROR_TIMEOUT, "the consent took longer than Logto allows (ten minutes)");
    return error_hint(err, "try again");
}
