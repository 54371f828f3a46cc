#include "session/consent.h"

#include "crypto/pkce.h"
#include "logto/social_verification.h"
#include "session/account.h"
#include "session/connector.h"
#include "session/consent_refusal.h"
#include "session/hint.h"
#include "session/redirect.h"

#include <stdlib.h>

#define BODY_MAXIMUM ((size_t)32 * 1024)

/* One consent under way. */
struct attempt {
    const struct interfaces *interfaces;
    const struct profile *profile;
    const struct consent_request *request;
    struct account account;
    char *connector_id;
    struct list scopes;
    struct loopback *loopback;
    char *redirect_uri;
    struct secret *state;
    struct social_verification verification;
};

static bool find_connector(struct attempt *attempt, struct error *err)
{
    attempt->connector_id = memory_duplicate(attempt->request->connector_id);
    return attempt->connector_id || connector_find_id(attempt->interfaces, attempt->profile,
                                                      attempt->request->target, &attempt->connector_id, err);
}

static bool start_listening(struct attempt *attempt, struct error *err)
{
    attempt->loopback = loopback_listen(attempt->interfaces->system, attempt->profile->port, NULL, err);
    if (!attempt->loopback)
        return err->code == ERROR_PORT_IN_USE
                   ? error_hint(
                         err,
                         "stop that program, or give with --port one whose redirect URI %s has registered",
                         vault_provider_name(attempt->request->target))
                   : false;
    attempt->redirect_uri = memory_format("http://localhost:%u/callback",
                                          (unsigned)loopback_port(attempt->loopback));
    return true;
}

/* Sends `body`, and puts a refusal into words. */
static bool ask(struct attempt *attempt, const char *what, const char *method, const char *path,
                const struct buffer *body, struct http_response *response, struct error *err)
{
    struct account_error refusal;

    return account_send_json(&attempt->account, what, method, path, body, response, &refusal, err) ||
           consent_explain_refusal(&attempt->account, attempt->request->target, attempt->connector_id,
                                   &refusal, err);
}

static bool begin(struct attempt *attempt, struct error *err)
{
    struct social_verification_request wanted = {attempt->connector_id, attempt->redirect_uri, attempt->state,
                                                 &attempt->scopes};
    _cleanup_buffer_ struct buffer body = BUFFER(BODY_MAXIMUM);
    _cleanup_http_response_ struct http_response response = HTTP_RESPONSE_EMPTY;

    return social_verification_begin(&wanted, &body, err) &&
           ask(attempt, "asking for more access", "POST", SOCIAL_VERIFICATION_PATH, &body, &response, err) &&
           social_verification_read(&response, &wanted, &attempt->verification, err);
}

/* The same whenever it is asked for. */
static bool append_location(void *data, struct buffer *out, struct error *err)
{
    const struct attempt *attempt = data;

    return buffer_append_text(out, buffer_text(&attempt->verification.url), err);
}

static void send_to_browser(struct attempt *attempt)
{
    redirect_start(&(struct redirect_start){
        .loopback = attempt->loopback,
        .browser = attempt->request->open_browser ? attempt->interfaces->browser : NULL,
        .events = &attempt->request->events,
        .full_url = buffer_text(&attempt->verification.url),
        .location = append_location,
        .data = attempt});
}

/* A provider that doesn't know the redirect URI says so in the browser, and nobody ever comes back. */
static bool explain_timeout(const struct attempt *attempt, struct error *err)
{
    const char *provider = vault_provider_name(attempt->request->target);
    int64_t seconds = attempt->request->timeout / 1000;

    if (!err || err->code != ERROR_TIMEOUT)
        return false;
    error_set(err, ERROR_TIMEOUT, "timed out after %lld second%s waiting for %s", (long long)seconds,
              seconds == 1 ? "" : "s", provider);
    return error_hint(
        err,
        "if the browser showed redirect_uri_mismatch, add %s to the authorized redirect URIs of the "
        "connector's OAuth client at %s",
        attempt->redirect_uri, provider);
}

static bool await_code(struct attempt *attempt, struct secret **code, struct error *err)
{
    _cleanup_buffer_ struct buffer query = BUFFER(REDIRECT_QUERY_MAXIMUM);
    struct redirect_wait wait = {.loopback = attempt->loopback,
                                 .system = attempt->interfaces->system,
                                 .state = attempt->state,
                                 .events = &attempt->request->events,
                                 .full_url = buffer_text(&attempt->verification.url),
                                 .paste_descriptor = attempt->request->paste_descriptor,
                                 .timeout = attempt->request->timeout};

    if (!redirect_wait(&wait, &query, err))
        return explain_timeout(attempt, err);
    return social_verification_check(buffer_text(&query), vault_provider_name(attempt->request->target), code,
                                     err);
}

static bool prove(struct attempt *attempt, const struct secret *code, struct error *err)
{
    _cleanup_buffer_ struct buffer body = BUFFER(BODY_MAXIMUM);
    _cleanup_http_response_ struct http_response response = HTTP_RESPONSE_EMPTY;

    return social_verification_prove(attempt->verification.id, code, attempt->redirect_uri, &body, err) &&
           ask(attempt, "verifying the consent", "POST", SOCIAL_VERIFICATION_VERIFY_PATH, &body, &response,
               err);
}

static bool update_vault(struct attempt *attempt, struct vault_token *out, struct error *err)
{
    struct system *system = attempt->interfaces->system;
    _cleanup_buffer_ struct buffer body = BUFFER(BODY_MAXIMUM);
    _cleanup_http_response_ struct http_response response = HTTP_RESPONSE_EMPTY;
    _cleanup_free_ char *path = vault_token_path(attempt->request->target);

    return social_verification_use(attempt->verification.id, &body, err) &&
           ask(attempt, "storing the new token at Logto", "PUT", path, &body, &response, err) &&
           vault_token_read(&response, system->now(system), out, err);
}

static bool check_granted(const struct attempt *attempt, const struct vault_token *token, struct error *err)
{
    const char *missing = vault_token_missing(token, attempt->request->scopes);

    if (!missing)
        return true;
    error_set(err, ERROR_NOT_GRANTED, "%s did not grant %s (granted: %s)",
              vault_provider_name(attempt->request->target), missing, token->scope);
    return hint_authorize(attempt->profile, attempt->request->scopes, err);
}

static bool complete(struct attempt *attempt, struct vault_token *out, struct error *err)
{
    _cleanup_secret_ struct secret *code = NULL;
    _cleanup_vault_token_ struct vault_token token = VAULT_TOKEN_EMPTY;

    if (!await_code(attempt, &code, err) || !prove(attempt, code, err) ||
        !update_vault(attempt, &token, err) || !check_granted(attempt, &token, err))
        return false;
    *out = token;
    token = (struct vault_token)VAULT_TOKEN_EMPTY;
    return true;
}

/* The browser shows what the terminal shows. */
static void show_outcome(const struct attempt *attempt, bool ok, const struct error *err)
{
    _cleanup_free_ char *detail = memory_format("Profile %s at %s", attempt->profile->name,
                                                attempt->profile->endpoint);
    struct page page = {.kind = ok ? PAGE_SUCCESS : PAGE_FAILURE,
                        .title = ok ? "Access was granted" : "Access was not granted",
                        .message = ok ? "You can return to the terminal." : err->message,
                        .detail = detail,
                        .host = attempt->request->host,
                        .hint = ok ? "You can close this window."
                                   : "See the terminal for what to do next. You can close this window."};

    redirect_finish(attempt->loopback, attempt->interfaces->system, &page);
}

static void release(struct attempt *attempt)
{
    account_close(&attempt->account);
    free(attempt->connector_id);
    list_release(&attempt->scopes);
    loopback_stop(&attempt->loopback);
    free(attempt->redirect_uri);
    secret_free(&attempt->state);
    social_verification_release(&attempt->verification);
}

bool consent_obtain(const struct interfaces *interfaces, const struct profile *profile,
                    const struct consent_request *request, struct vault_token *out, struct error *err)
{
    struct attempt attempt = {.interfaces = interfaces,
                              .profile = profile,
                              .request = request,
                              .verification = SOCIAL_VERIFICATION_EMPTY};
    struct error why = {.message = ""};
    bool ok = false;

    /* They take the place of the connector's own, without which Logto would not learn whose account it is. */
    list_add_words(&attempt.scopes, "openid profile email");
    list_add_all(&attempt.scopes, request->scopes);
    if (account_open(&attempt.account, interfaces, profile, &why) && find_connector(&attempt, &why) &&
        start_listening(&attempt, &why) && (attempt.state = pkce_random(interfaces->system, &why)) &&
        begin(&attempt, &why)) {
        send_to_browser(&attempt);
        ok = complete(&attempt, out, &why);
        show_outcome(&attempt, ok, &why);
    }
    release(&attempt);
    if (!ok && err)
        *err = why;
    return ok;
}
