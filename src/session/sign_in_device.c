#include "session/sign_in_device.h"

#include "base/locale.h"
#include "base/log.h"
#include "logto/sign_in_parameter.h"
#include "session/establish.h"
#include "session/hint.h"

#include <inttypes.h>
#include <string.h>

#define TICK 1000           /* ms */
#define SLOWER 5000         /* ms; RFC 8628, 3.5 */
#define PAUSE_LONGEST 60000 /* ms between two polls, while the server can't be reached */

/* One sign-in under way. Times are in ms, of system's monotonic clock. */
struct attempt {
    const struct interfaces *interfaces;
    const struct profile *profile;
    const struct sign_in_request *request;
    struct oidc oidc;
    struct provider provider;
    struct device_authorization authorization;
    struct token_failure failure;
    int64_t deadline;
    int64_t interval;   /* between two polls, as the server wants it */
    int64_t pause;      /* before the next one: longer after one that got no answer */
    bool response_lost; /* the last poll may have been answered with tokens that never arrived */
};

static int64_t time_left(const struct attempt *attempt)
{
    struct system *system = attempt->interfaces->system;

    return attempt->deadline - system->monotonic(system);
}

static bool contains(const struct oauth_error *refusal, const char *part)
{
    return strstr(refusal->description, part) != NULL;
}

/* What is wrong with the app, in words that say what to do. Always returns false. */
static bool explain_refusal(const struct attempt *attempt, const struct oauth_error *refusal,
                            struct error *err)
{
    const struct profile *profile = attempt->profile;
    bool other_kind = refusal->kind == OAUTH_UNAUTHORIZED_CLIENT ||
                      (refusal->kind == OAUTH_INVALID_REQUEST &&
                       contains(refusal, "not allowed for this client"));

    if (refusal->kind == OAUTH_INVALID_TARGET)
        return error_change_code(err, ERROR_CONFIG);
    if (!other_kind && refusal->kind != OAUTH_INVALID_CLIENT)
        return false;
    if (other_kind)
        error_set(err, ERROR_CONFIG, "the app %s is not made for the device flow: \"%s\"",
                  profile->device_app_id, refusal->description);
    else
        error_set(err, ERROR_CONFIG, "%s has no app %s: \"%s\"", profile->endpoint, profile->device_app_id,
                  refusal->description);
    return hint_device_app(profile, err);
}

static bool authorize(struct attempt *attempt, struct error *err)
{
    const struct sign_in_request *request = attempt->request;
    struct logto_sign_in sign_in = {request->connector, request->sign_up};
    struct oauth_error refusal = {.kind = OAUTH_NO_RESPONSE};
    _cleanup_free_ char *language = locale_language();
    _cleanup_buffer_ struct buffer extra = BUFFER(4096);
    struct authorization_request authorization = {.client_id = attempt->profile->device_app_id,
                                                  .scopes = request->scopes,
                                                  .resources = request->resources,
                                                  .ui_locales = language,
                                                  .login_hint = request->login_hint,
                                                  .extra = &extra};

    return logto_sign_in_append(&sign_in, &extra, err) &&
           (device_authorize(&attempt->oidc, &attempt->provider, &authorization, &attempt->authorization,
                             &refusal, err) ||
            explain_refusal(attempt, &refusal, err));
}

static void start_waiting(struct attempt *attempt)
{
    const struct sign_in_events *events = &attempt->request->events;
    struct system *system = attempt->interfaces->system;
    int64_t lifetime = attempt->authorization.expires_in * 1000;

    attempt->deadline = system->monotonic(system) +
                        (lifetime < attempt->request->timeout ? lifetime : attempt->request->timeout);
    attempt->interval = attempt->pause = attempt->authorization.interval * 1000;
    if (events->device_code)
        events->device_code(events->data, &attempt->authorization);
}

/* Waits until the next poll is due, and reports the time. False at the deadline. */
static bool wait_for_turn(const struct attempt *attempt)
{
    const struct sign_in_events *events = &attempt->request->events;
    struct system *system = attempt->interfaces->system;
    int64_t due = system->monotonic(system) + attempt->pause;
    int64_t wait, left;

    while ((wait = due - system->monotonic(system)) > 0 && (left = time_left(attempt)) > 0) {
        if (events->tick)
            events->tick(events->data, (left + 999) / 1000);
        wait = wait < TICK ? wait : TICK;
        system->sleep(system, wait < left ? wait : left);
    }
    return time_left(attempt) > 0;
}

static const char expired[] = "the code expired before the sign-in was complete";
static const char again[] = "run the command again for a new code";

/* `last` is the failure of the last poll; its code is ERROR_NONE when that was answered. */
static bool fail_timeout(const struct attempt *attempt, const struct error *last, struct error *err)
{
    int64_t seconds = attempt->request->timeout / 1000;
    _cleanup_free_ char *late = memory_format("timed out after %" PRId64 " second%s waiting for the sign-in",
                                              seconds, seconds == 1 ? "" : "s");
    const char *what = attempt->authorization.expires_in <= seconds ? expired : late;

    if (last->code == ERROR_NONE)
        error_set(err, ERROR_TIMEOUT, "%s", what);
    else
        error_set(err, ERROR_TIMEOUT, "%s; the last request failed: %s", what, last->message);
    return error_hint(err, "%s", last->code == ERROR_NONE ? again : "check the network, then try again");
}

static bool explain_denial(const struct oauth_error *oauth, struct error *err)
{
    if (contains(oauth, "End-User aborted"))
        return error_set(err, ERROR_DENIED, "the sign-in was canceled in the browser");
    error_set(err, ERROR_DENIED, "Logto denied the sign-in: \"%s\"", oauth->description);
    return error_hint(err, "check in the Logto Console that the user has access to the app");
}

/* What the end of the flow means, in its own words. Always returns false. */
static bool explain_end(const struct attempt *attempt, struct error *err)
{
    const struct oauth_error *oauth = &attempt->failure.oauth;

    if (oauth->kind == OAUTH_ACCESS_DENIED)
        return explain_denial(oauth, err);
    if (oauth->kind == OAUTH_EXPIRED_TOKEN)
        error_set(err, ERROR_TIMEOUT, "%s", expired);
    else if (oauth->kind != OAUTH_INVALID_GRANT)
        return false;
    else if (attempt->response_lost)
        error_set(err, ERROR_NETWORK, "the response with the tokens was lost, so Logto has revoked them");
    else
        error_change_code(err, ERROR_PROTOCOL); /* no session has ended: the code itself was refused */
    return error_hint(err, "%s", again);
}

/* RFC 8628, 3.5: less often when the server says so, and when it can't be reached. */
static void adapt(struct attempt *attempt, enum device_answer answer, const struct error *why)
{
    attempt->response_lost = answer == DEVICE_UNREACHABLE &&
                             (attempt->failure.lost || attempt->response_lost);
    if (answer == DEVICE_SLOW_DOWN)
        attempt->interval += SLOWER;
    if (answer != DEVICE_UNREACHABLE) {
        attempt->pause = attempt->interval;
        return;
    }
    log_decision("polling goes on: %s", why->message);
    attempt->pause = attempt->pause * 2 < PAUSE_LONGEST ? attempt->pause * 2 : PAUSE_LONGEST;
}

static enum device_answer poll_once(struct attempt *attempt, struct token_response *tokens, struct error *err)
{
    int64_t left = time_left(attempt);

    attempt->oidc.timeout = left < HTTP_TIMEOUT ? (int)left : HTTP_TIMEOUT;
    token_failure_release(&attempt->failure);
    attempt->failure = (struct token_failure){.lost = false};
    return device_poll(&attempt->oidc, &attempt->provider, attempt->profile->device_app_id,
                       attempt->authorization.device_code, tokens, &attempt->failure, err);
}

static bool poll_for_tokens(struct attempt *attempt, struct token_response *tokens, struct error *err)
{
    struct error last = {.code = ERROR_NONE};

    while (wait_for_turn(attempt)) {
        enum device_answer answer = poll_once(attempt, tokens, err);

        if (answer == DEVICE_TOKENS)
            return true;
        if (answer == DEVICE_REFUSED)
            return explain_end(attempt, err);
        adapt(attempt, answer, err);
        last = answer == DEVICE_UNREACHABLE ? *err : (struct error){.code = ERROR_NONE};
    }
    return fail_timeout(attempt, &last, err);
}

static bool complete(struct attempt *attempt, struct session *out, struct error *err)
{
    const struct sign_in_events *events = &attempt->request->events;
    struct sign_in_expectation expected = {.provider = &attempt->provider,
                                           .client = {attempt->profile->device_app_id, NULL},
                                           .scopes = attempt->request->scopes,
                                           .resources = attempt->request->resources,
                                           .events = events};
    _cleanup_token_response_ struct token_response tokens = TOKEN_RESPONSE_EMPTY;
    bool ok;

    start_waiting(attempt);
    ok = poll_for_tokens(attempt, &tokens, err);
    if (events->done)
        events->done(events->data);
    attempt->oidc.timeout = 0;
    return ok && session_establish(attempt->interfaces, attempt->profile, &expected, &tokens, out, err);
}

bool sign_in_device_check(const struct profile *profile, struct error *err)
{
    if (profile->device_app_id)
        return true;
    error_set(err, ERROR_CONFIG, "no app for the device flow is configured");
    return hint_device_app(profile, err);
}

/* One sign-in as far as the code. */
static bool begin(const struct interfaces *interfaces, const struct profile *profile,
                  const struct sign_in_request *request, struct attempt *attempt, struct error *err)
{
    *attempt = (struct attempt){.interfaces = interfaces,
                                .profile = profile,
                                .request = request,
                                .oidc = interfaces_oidc(interfaces, profile)};
    return sign_in_device_check(profile, err) &&
           discovery_load(&attempt->oidc, profile->issuer, &attempt->provider, err) &&
           authorize(attempt, err);
}

static void end(struct attempt *attempt)
{
    token_failure_release(&attempt->failure);
    device_authorization_release(&attempt->authorization);
    provider_release(&attempt->provider);
}

bool sign_in_device_try(const struct interfaces *interfaces, const struct profile *profile,
                        const struct sign_in_request *request, struct error *err)
{
    struct attempt attempt;
    bool ok = begin(interfaces, profile, request, &attempt, err);

    end(&attempt);
    return ok;
}

bool sign_in_device(const struct interfaces *interfaces, const struct profile *profile,
                    const struct sign_in_request *request, struct session *out, struct error *err)
{
    struct attempt attempt;
    bool ok = begin(interfaces, profile, request, &attempt, err) && complete(&attempt, out, err);

    end(&attempt);
    return ok;
}
