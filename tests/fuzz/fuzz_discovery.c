/* A discovery document that is accepted is the issuer's own, and its endpoints are https. */
#include "world.h"

struct input {
    const uint8_t *data;
    size_t size;
};

static bool answer(struct fuzz_provider *provider, const struct http_request *request,
                   struct http_response *response, struct error *err)
{
    const struct input *input = provider->data;

    CHECK(strcmp(request->url, FAKE_DISCOVERY) == 0);
    response->status = 200;
    return buffer_append(&response->body, input->data, input->size, err);
}

static void check_endpoint(const char *text)
{
    struct url url;

    CHECK(!text || (url_parse(text, &url, NULL) && url.secure));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_provider_ struct provider found = {0};
    _cleanup_provider_ struct provider complete = {0};
    struct fuzz_provider provider;
    struct input input = {data, size};
    struct error err = {.code = ERROR_NONE};

    fuzz_provider_open(&provider);
    provider.answer = answer;
    provider.data = &input;
    if (!discovery_load(&provider.oidc, FAKE_ISSUER, &found, &err)) {
        fuzz_check_error(&err);
        CHECK(!found.issuer && !found.jwks_uri);
        return 0;
    }
    CHECK(strcmp(found.issuer, FAKE_ISSUER) == 0 && found.jwks_uri);
    check_endpoint(found.jwks_uri);
    check_endpoint(found.authorization_endpoint);
    check_endpoint(found.token_endpoint);
    check_endpoint(found.userinfo_endpoint);
    check_endpoint(found.revocation_endpoint);
    check_endpoint(found.introspection_endpoint);
    check_endpoint(found.end_session_endpoint);
    check_endpoint(found.device_authorization_endpoint);
    if (discovery_load_for_sign_in(&provider.oidc, FAKE_ISSUER, &complete, &err))
        CHECK(complete.authorization_endpoint && complete.token_endpoint);
    else
        CHECK(!found.authorization_endpoint || !found.token_endpoint);
    return 0;
}
