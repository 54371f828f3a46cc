/* OpenID Connect Discovery 1.0: where a provider's endpoints are. */
#pragma once

#include "oidc/oidc.h"

struct provider {
    char *issuer;
    char *jwks_uri;
    char *authorization_endpoint; /* may be NULL, as all below: some issuers only publish keys */
    char *token_endpoint;
    char *userinfo_endpoint;
    char *revocation_endpoint;
    char *introspection_endpoint;
    char *end_session_endpoint;
    char *device_authorization_endpoint;
    char *pushed_authorization_request_endpoint;
    bool iss_parameter; /* authorization_response_iss_parameter_supported, RFC 9207 section 3 */
};

#define _cleanup_provider_ _cleanup_(provider_release)

/*
 * The provider's metadata, from the cache while fresh; an invalid document is removed from it. The document's
 * issuer must equal `issuer` exactly (Discovery 4.3) and its endpoints must be https or on the issuer's own
 * host. Fails with ERROR_PROTOCOL, or as fetching does.
 */
bool discovery_load(const struct oidc *oidc, const char *issuer, struct provider *out, struct error *err);

/* The same; fails with ERROR_PROTOCOL also when an endpoint that a sign-in needs is missing. */
bool discovery_load_for_sign_in(const struct oidc *oidc, const char *issuer, struct provider *out,
                                struct error *err);

void provider_release(struct provider *provider);
