#include "oidc/discovery.h"

#include "codec/url.h"
#include "oidc/document.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define KIND "discovery"
#define LIFETIME 3600
#define LIFETIME_SHORTEST 300

static const struct {
    const char *name;
    size_t offset;
    bool required;
} endpoints[] = {
    {"authorization_endpoint", offsetof(struct provider, authorization_endpoint), false},
    {"token_endpoint", offsetof(struct provider, token_endpoint), false},
    {"jwks_uri", offsetof(struct provider, jwks_uri), true},
    {"userinfo_endpoint", offsetof(struct provider, userinfo_endpoint), false},
    {"revocation_endpoint", offsetof(struct provider, revocation_endpoint), false},
    {"introspection_endpoint", offsetof(struct provider, introspection_endpoint), false},
    {"end_session_endpoint", offsetof(struct provider, end_session_endpoint), false},
    {"device_authorization_endpoint", offsetof(struct provider, device_authorization_endpoint), false},
    {"pushed_authorization_request_endpoint",
     offsetof(struct provider, pushed_authorization_request_endpoint), false},
};

static char **endpoint_field(struct provider *provider, size_t index)
{
    return (char **)((char *)provider + endpoints[index].offset);
}

/* A plain http endpoint is only accepted on the host of a plain http issuer. */
static bool check_endpoint(const char *name, const char *text, const struct url *issuer, struct error *err)
{
    struct url url;

    if (!url_parse(text, &url, err)) {
        error_change_code(err, ERROR_PROTOCOL);
        return error_context(err, "the discovery document's %s", name);
    }
    if (url.secure || (!issuer->secure && strcmp(url.host, issuer->host) == 0))
        return true;
    return error_set(err, ERROR_PROTOCOL, "the discovery document's %s must use https: %s", name, text);
}

static bool read_endpoints(const struct json *document, const struct url *issuer, struct provider *provider,
                           struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(endpoints); i++) {
        const char *text = json_string(document, endpoints[i].name);

        if (!text && endpoints[i].required)
            return error_set(err, ERROR_PROTOCOL, "the discovery document has no %s", endpoints[i].name);
        if (text && !check_endpoint(endpoints[i].name, text, issuer, err))
            return false;
        *endpoint_field(provider, i) = memory_duplicate(text);
    }
    return true;
}

/* Discovery 4.3. */
static bool check_issuer(const struct json *document, const char *issuer, struct error *err)
{
    const char *found = json_string(document, "issuer");

    if (found && strcmp(found, issuer) == 0)
        return true;
    if (found)
        error_set(err, ERROR_PROTOCOL, "unexpected issuer %s in the discovery document, expected %s", found,
                  issuer);
    else
        error_set(err, ERROR_PROTOCOL, "the discovery document of %s has no issuer", issuer);
    return error_hint(err, "check the endpoint; a self-hosted Logto must set ENDPOINT to its public URL");
}

static bool read_document(const struct json *document, const char *issuer, struct provider *provider,
                          struct error *err)
{
    struct url url;

    if (!check_issuer(document, issuer, err) || !url_parse(issuer, &url, err) ||
        !read_endpoints(document, &url, provider, err))
        return false;
    provider->issuer = memory_duplicate(issuer);
    provider->iss_parameter = json_boolean(document, "authorization_response_iss_parameter_supported", false);
    return true;
}

/* A trailing slash of the issuer is removed first (Discovery 4.1). */
static char *document_url(const char *issuer)
{
    size_t length = strlen(issuer);

    if (length > 0 && issuer[length - 1] == '/')
        length--;
    return memory_format("%.*s/.well-known/openid-configuration", (int)length, issuer);
}

/* Or a server fixed since would still look broken. */
static void forget(const struct oidc *oidc, const char *issuer)
{
    if (!oidc->leaves_no_trace)
        cache_remove(issuer, KIND);
}

/* A wrong endpoint is the usual cause, and shows only here. */
static bool fail(const char *url, struct error *err)
{
    if (err && err->code == ERROR_PROTOCOL && !*err->hint)
        error_hint(err,
                   "%s is no discovery document: the endpoint is the base URL of the tenant, such as "
                   "https://TENANT.logto.app",
                   url);
    return false;
}

bool discovery_load(const struct oidc *oidc, const char *issuer, struct provider *out, struct error *err)
{
    _cleanup_free_ char *url = document_url(issuer);
    _cleanup_cache_entry_ struct cache_entry entry = {0};
    struct provider provider = {0};
    struct document_source source = {.issuer = issuer,
                                     .kind = KIND,
                                     .url = url,
                                     .what = "reading the discovery document",
                                     .lifetime = LIFETIME,
                                     .shortest = LIFETIME_SHORTEST};
    bool fetched;

    if (!document_load(oidc, &source, &entry, &fetched, err))
        return fail(url, err);
    if (!read_document(entry.document, issuer, &provider, err)) {
        forget(oidc, issuer);
        provider_release(&provider);
        return false;
    }
    *out = provider;
    return true;
}

bool discovery_load_for_sign_in(const struct oidc *oidc, const char *issuer, struct provider *out,
                                struct error *err)
{
    struct provider provider = {0};
    const char *missing;

    if (!discovery_load(oidc, issuer, &provider, err))
        return false;
    missing = !provider.authorization_endpoint ? "authorization_endpoint"
              : !provider.token_endpoint       ? "token_endpoint"
                                               : NULL;
    if (!missing) {
        *out = provider;
        return true;
    }
    forget(oidc, issuer);
    provider_release(&provider);
    return error_set(err, ERROR_PROTOCOL, "the discovery document has no %s", missing);
}

void provider_release(struct provider *provider)
{
    for (size_t i = 0; i < ARRAY_SIZE(endpoints); i++) {
        free(*endpoint_field(provider, i));
        *endpoint_field(provider, i) = NULL;
    }
    free(provider->issuer);
    provider->issuer = NULL;
}
