/* Claims with a good signature: an ID token that is accepted is ours, of our issuer, of this sign-in, and in
 * time. */
#include "world.h"

#include "oidc/id_token.h"

#define NONCE "the-nonce"

static bool answer(struct fuzz_provider *provider, const struct http_request *request,
                   struct http_response *response, struct error *err)
{
    (void)provider;
    (void)request;
    response->status = 200;
    return buffer_append_text(&response->body, fuzz_key_set(), err);
}

static bool names_us(const struct json *claims)
{
    _cleanup_list_ struct list audiences = LIST_EMPTY;
    const char *single = json_string(claims, "aud");

    json_strings(claims, "aud", &audiences);
    return single ? strcmp(single, FAKE_APP) == 0 : list_contains(&audiences, FAKE_APP);
}

static void check_accepted(const struct json *claims, int64_t now)
{
    int64_t exp = 0, iat = 0;

    CHECK(strcmp(json_string(claims, "iss"), FAKE_ISSUER) == 0 && names_us(claims));
    CHECK(json_string(claims, "sub")[0] && strcmp(json_string(claims, "nonce"), NONCE) == 0);
    CHECK(json_numeric_date(claims, "exp", &exp) && exp > now - ID_TOKEN_TOLERANCE);
    CHECK(json_numeric_date(claims, "iat", &iat) && iat <= now + ID_TOKEN_TOLERANCE);
}

static void verify(const struct json *claims)
{
    _cleanup_free_ char *text = fake_jwt(fuzz_key(), NULL, claims);
    _cleanup_secret_ struct secret *token = secret_from_text(text);
    _cleanup_secret_ struct secret *nonce = secret_from_text(NONCE);
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;
    _cleanup_provider_ struct provider known = {0};
    struct id_token_expectation expected = {.client_id = FAKE_APP, .nonce = nonce};
    struct fuzz_provider provider;
    struct error err = {.code = ERROR_NONE};

    fake_provider(&known);
    fuzz_provider_open(&provider);
    provider.answer = answer;
    if (id_token_verify(&provider.oidc, &known, token, &expected, &jwt, &err)) {
        check_accepted(jwt.claims, provider.system.now);
        return;
    }
    fuzz_check_error(&err);
    CHECK(err.code == ERROR_PROTOCOL && !jwt.claims);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_json_ struct json *claims = json_parse((const char *)data, size, NULL);

    if (claims)
        verify(claims);
    return 0;
}
