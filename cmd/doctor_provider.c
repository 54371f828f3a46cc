/* The checks of the network and of the Logto tenant. */
#include "cmd/doctor_check.h"
#include "crypto/pkce.h"
#include "logto/scope.h"
#include "net/proxy.h"
#include "net/tls.h"
#include "session/authorization.h"
#include "session/connector.h"
#include "session/credentials.h"
#include "session/session_store.h"
#include "session/sign_in_device.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What can't be looked at for want of an earlier check is a warning: that one failed. */
static void not_checked(struct finding *finding, const char *why)
{
    finding_set(finding, FINDING_WARN, "not checked: %s", why);
}

/* Whether the tenant can be asked. */
static bool has_provider(const struct doctor *doctor, struct finding *finding)
{
    if (doctor->provider.issuer)
        return true;
    not_checked(finding, doctor->reachable ? "there is no valid discovery document"
                                           : "the endpoint cannot be reached");
    return false;
}

/* ---- the network ---- */

void doctor_check_proxy(struct doctor *doctor, struct finding *finding)
{
    const char *endpoint = doctor->context->profile.endpoint;
    struct proxy proxy;
    struct url url;

    if (!endpoint || !url_parse(endpoint, &url, NULL)) {
        not_checked(finding, "no endpoint is configured");
        return;
    }
    proxy_find(&url, &proxy);
    if (!proxy.variable)
        finding_set(finding, FINDING_OK, "none");
    else if (proxy.exemption)
        finding_set(finding, FINDING_OK, "none: %s exempts %s from %s", proxy.exemption, url.host,
                    proxy.variable);
    else
        finding_set(finding, FINDING_OK, "%s%s, from %s", proxy.address,
                    proxy.credentials ? " with credentials" : "", proxy.variable);
}

void doctor_check_endpoint(struct doctor *doctor, struct finding *finding)
{
    const struct profile *profile = &doctor->context->profile;
    struct oidc oidc = interfaces_oidc(&doctor->interfaces, profile);
    struct http_request request = {.url = profile->endpoint};
    _cleanup_http_response_ struct http_response response = HTTP_RESPONSE_EMPTY;
    const char *bundle = tls_bundle_variable();
    struct error err;

    if (!profile->endpoint) {
        not_checked(finding, "no endpoint is configured");
        return;
    }
    if (!oidc_send(&oidc, &request, &response, NULL, &err)) {
        finding_set_error(finding, FINDING_FAIL, &err);
        return;
    }
    doctor->reachable = true;
    if (strncmp(profile->endpoint, "https:", 6) != 0)
        finding_set(finding, FINDING_OK, "%s answers, without TLS", profile->endpoint);
    else
        finding_set(finding, FINDING_OK, "%s answers; its certificate is trusted%s%s", profile->endpoint,
                    bundle ? " by " : "", bundle ? bundle : "");
}

void doctor_check_discovery(struct doctor *doctor, struct finding *finding)
{
    const struct profile *profile = &doctor->context->profile;
    struct oidc oidc = interfaces_oidc(&doctor->interfaces, profile);
    struct error err;

    if (!doctor->reachable)
        not_checked(finding, "the endpoint cannot be reached");
    else if (discovery_load_for_sign_in(&oidc, profile->issuer, &doctor->provider, &err))
        finding_set(finding, FINDING_OK, "the issuer is %s", doctor->provider.issuer);
    else
        finding_set_error(finding, FINDING_FAIL, &err);
}

void doctor_check_clock(struct doctor *doctor, struct finding *finding)
{
    _cleanup_free_ char *note = oidc_clock_note(&doctor->http.http);

    if (!doctor->http.dated) {
        not_checked(finding, "the server did not say what time it is");
    } else if (!note[0]) {
        finding_set(finding, FINDING_OK, "agrees with the server's");
    } else {
        finding_set(finding, FINDING_FAIL, "%s", note + strlen("; "));
        error_hint(&finding->said, "set the clock; with systemd: sudo timedatectl set-ntp true");
    }
}

/* ---- the tenant ---- */

/* The default one is a wish: without it Logto's own page comes up. */
void doctor_check_connector(struct doctor *doctor, struct finding *finding)
{
    const struct profile *profile = &doctor->context->profile;
    _cleanup_sign_in_experience_ struct sign_in_experience experience = SIGN_IN_EXPERIENCE_EMPTY;
    _cleanup_free_ char *names = NULL;
    struct error err;
    bool fetched;

    if (!has_provider(doctor, finding))
        return;
    if (!connector_load_experience(&doctor->interfaces, profile, &fetched, &experience, &err)) {
        finding_set_error(finding, FINDING_WARN, &err);
        return;
    }
    names = sign_in_experience_names(&experience);
    if (!profile->connector[0]) {
        finding_set(finding, FINDING_OK, "none is asked for (enabled: %s)", names);
        return;
    }
    if (sign_in_experience_offers(&experience, profile->connector)) {
        finding_set(finding, FINDING_OK, "%s is enabled", profile->connector);
        return;
    }
    finding_set(finding, FINDING_WARN, "%s is not enabled (enabled: %s)", profile->connector, names);
    error_hint(&finding->said, "enable it in the Logto Console (Sign-in experience)");
}

/* What a sign-in with this profile asks for. */
static void wanted(const struct profile *profile, struct list *scopes, struct list *resources)
{
    logto_add_default_scopes(scopes);
    list_add_all(scopes, &profile->scopes);
    list_add_all(resources, &profile->resources);
    if (profile->organizations)
        logto_add_organizations(scopes, resources);
}

/* The secret of the app, if it is known: the environment's, else the session's. */
static bool find_app_secret(struct doctor *doctor, struct secret **out, struct error *err)
{
    const char *issuer = doctor->context->profile.issuer;

    doctor_load_session(doctor);
    if (!credentials_app_secret(issuer, issuer, out, err))
        return false;
    if (!*out)
        *out = secret_copy(doctor->session.app_secret);
    return true;
}

static bool push(struct doctor *doctor, const struct secret *app_secret, struct error *err)
{
    const struct profile *profile = &doctor->context->profile;
    struct system *system = doctor->interfaces.system;
    struct client client = {profile->app_id, app_secret};
    _cleanup_free_ char *redirect_uri = memory_format("http://localhost:%u/callback", profile->port);
    _cleanup_list_ struct list scopes = LIST_EMPTY;
    _cleanup_list_ struct list resources = LIST_EMPTY;
    _cleanup_secret_ struct secret *state = pkce_random(system, err);
    _cleanup_secret_ struct secret *nonce = state ? pkce_random(system, err) : NULL;
    _cleanup_secret_ struct secret *verifier = nonce ? pkce_random(system, err) : NULL;
    _cleanup_authorization_ struct authorization authorization = {.profile = NULL};
    struct authorization_request request = {.client_id = profile->app_id,
                                            .redirect_uri = redirect_uri,
                                            .scopes = &scopes,
                                            .resources = &resources,
                                            .state = state,
                                            .nonce = nonce,
                                            .code_verifier = verifier,
                                            .prompt = "consent"};

    wanted(profile, &scopes, &resources);
    return verifier && authorization_open(&doctor->interfaces, profile, &doctor->provider, &client, &request,
                                          true, &authorization, err);
}

void doctor_check_app(struct doctor *doctor, struct finding *finding)
{
    const struct profile *profile = &doctor->context->profile;
    _cleanup_secret_ struct secret *app_secret = NULL;
    struct error err;
    bool found;

    if (!has_provider(doctor, finding))
        return;
    if (!profile->app_id) {
        not_checked(finding, "no app for the browser is configured");
        return;
    }
    found = find_app_secret(doctor, &app_secret, &err);
    if (found && doctor->session.machine)
        finding_set(finding, FINDING_OK, "%s is a machine-to-machine app", profile->app_id);
    else if (found && push(doctor, app_secret, &err))
        finding_set(finding, FINDING_OK, "%s accepts the redirect URI http://localhost:%u/callback",
                    profile->app_id, profile->port);
    else
        finding_set_error(finding, FINDING_FAIL, &err);
}

void doctor_check_device_app(struct doctor *doctor, struct finding *finding)
{
    const struct profile *profile = &doctor->context->profile;
    _cleanup_list_ struct list scopes = LIST_EMPTY;
    _cleanup_list_ struct list resources = LIST_EMPTY;
    struct sign_in_request request = {.scopes = &scopes, .resources = &resources};
    struct error err;

    if (!profile->device_app_id) {
        finding_set(finding, FINDING_OK, "none is configured; 'logto login --device' needs one");
        return;
    }
    if (!has_provider(doctor, finding))
        return;
    wanted(profile, &scopes, &resources);
    if (sign_in_device_try(&doctor->interfaces, profile, &request, &err))
        finding_set(finding, FINDING_OK, "%s may use the device flow", profile->device_app_id);
    else
        finding_set_error(finding, FINDING_FAIL, &err);
}
