#include "session/account.h"

#include "oidc/oauth_error.h"
#include "session/access.h"
#include "session/hint.h"

#include <stdlib.h>

static const char identities[] = "identities";

static bool fail_not_granted(const struct account *account, struct error *err)
{
    struct access_request wanted = {.min_ttl = 0};
    struct session none = {.app_id = account->session.app_id}; /* borrowed, for the kind of login */

    list_add(&wanted.scopes, identities);
    error_set(err, ERROR_NOT_GRANTED, "the session of the profile '%s' does not cover the scope %s",
              account->profile->name, identities);
    hint_login(account->profile, &none, &wanted, err);
    list_release(&wanted.scopes);
    return false;
}

bool account_open(struct account *account, const struct interfaces *interfaces, const struct profile *profile,
                  struct error *err)
{
    *account = (struct account){interfaces, profile, SESSION_EMPTY};
    if (!session_load(interfaces, profile, &account->session, err))
        return false;
    if (account->session.machine)
        return error_set(err, ERROR_USAGE, "this requires a user; the profile '%s' is of an app",
                         profile->name);
    return list_contains(&account->session.scopes, identities) || fail_not_granted(account, err);
}

static bool send_once(struct account *account, bool fresh, struct http_request *request,
                      struct http_response *response, struct error *err)
{
    struct oidc oidc = interfaces_oidc(account->interfaces, account->profile);
    struct access_request opaque = {.min_ttl = ACCESS_TTL_DEFAULT, .force = fresh};
    const struct access_token *token;

    if (!session_access_token(account->interfaces, account->profile, &account->session, &opaque, &token, err))
        return false;
    request->bearer = token->token;
    return oidc_send(&oidc, request, response, NULL, err);
}

static bool is_success(const struct http_response *response)
{
    return response->status >= 200 && response->status < 300;
}

/* Without the server's words: they can hold what must not be shown. */
static bool fail_other(const char *what, const struct http_response *response,
                       const struct account_error *refusal, struct error *err)
{
    if (response->status == 429 || response->status >= 500 || response->status < 400)
        return oauth_error_read(what, response, NULL, err);
    if (refusal->code[0])
        return error_set(err, ERROR_PROTOCOL, "%s: %s (HTTP %d)", what, refusal->code, response->status);
    return error_set(err, ERROR_PROTOCOL, "%s: unexpected response (HTTP %d)", what, response->status);
}

static bool fail(const struct account *account, const char *what, const struct http_response *response,
                 const struct account_error *refusal, struct error *err)
{
    if (refusal->kind == ACCOUNT_FORBIDDEN)
        return fail_not_granted(account, err);
    if (refusal->kind == ACCOUNT_UNAUTHORIZED) {
        error_set(err, ERROR_SESSION_ENDED, "%s: Logto does not accept the access token", what);
        return hint_login(account->profile, &account->session, NULL, err);
    }
    if (refusal->kind == ACCOUNT_CENTER_DISABLED) {
        error_set(err, ERROR_CONFIG, "the Account API is disabled at %s", account->profile->endpoint);
        return error_hint(err, "enable it in the Logto Console (Sign-in & account > Account center)");
    }
    return fail_other(what, response, refusal, err);
}

bool account_send(struct account *account, const char *what, const char *path, struct http_request *request,
                  struct http_response *response, struct account_error *refusal, struct error *err)
{
    _cleanup_free_ char *url = memory_format("%s%s", account->profile->endpoint, path);

    *refusal = (struct account_error){.kind = ACCOUNT_OTHER};
    request->url = url;
    if (!send_once(account, false, request, response, err))
        return error_context(err, "%s", what);
    if (response->status == 401)
        *refusal = account_error_read(response);
    if (refusal->kind == ACCOUNT_UNAUTHORIZED) {
        http_response_release(response);
        *response = (struct http_response)HTTP_RESPONSE_EMPTY;
        if (!send_once(account, true, request, response, err))
            return error_context(err, "%s", what);
    }
    if (is_success(response))
        return true;
    *refusal = account_error_read(response);
    return fail(account, what, response, refusal, err);
}

bool account_send_json(struct account *account, const char *what, const char *method, const char *path,
                       const struct buffer *body, struct http_response *response,
                       struct account_error *refusal, struct error *err)
{
    _cleanup_list_ struct list headers = LIST_EMPTY;
    struct http_request request = {.method = method, .headers = &headers, .form = body};

    list_append(&headers, "Content-Type: application/json");
    return account_send(account, what, path, &request, response, refusal, err);
}

void account_close(struct account *account)
{
    session_release(&account->session);
}
