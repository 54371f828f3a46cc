/*
 * What Logto's Account API answers. A token that is taken fits into a header, and a code that may be shown
 * holds nothing but words.
 */
#include "world.h"

#include "logto/account_error.h"
#include "logto/social_verification.h"
#include "logto/vault_token.h"

static void check_error(const struct http_response *response)
{
    struct account_error error = account_error_read(response);
    size_t length = strnlen(error.code, sizeof(error.code));

    CHECK(error.kind <= ACCOUNT_OTHER && length < sizeof(error.code));
    CHECK(strspn(error.code, "abcdefghijklmnopqrstuvwxyz_.") == length);
    CHECK(error.kind == ACCOUNT_OTHER || (length && response->json));
}

static void check_token(const struct http_response *response)
{
    _cleanup_vault_token_ struct vault_token token = VAULT_TOKEN_EMPTY;
    struct error err = {.code = ERROR_NONE};

    if (!vault_token_read(response, FAKE_NOW, &token, &err)) {
        fuzz_check_error(&err);
        CHECK(!token.token && !token.scope);
        return;
    }
    CHECK(secret_length(token.token) > 0 && (token.expires_at == 0 || token.expires_at >= FAKE_NOW));
    for (size_t i = 0; i < secret_length(token.token); i++)
        CHECK(secret_text(token.token)[i] > 0x20 && secret_text(token.token)[i] < 0x7f);
}

/* What the browser is sent to carries our state and our redirect URI once each, and asks for offline access.
 */
static void check_verification(const struct http_response *response)
{
    static const struct list scopes = LIST_EMPTY;
    _cleanup_secret_ struct secret *state = secret_from_text("s");
    struct social_verification_request request = {"c", "http://localhost:3000/callback", state, &scopes};
    _cleanup_social_verification_ struct social_verification out = SOCIAL_VERIFICATION_EMPTY;
    _cleanup_buffer_ struct buffer type = BUFFER(64);
    struct error err = {.code = ERROR_NONE};
    const char *query;

    if (!social_verification_read(response, &request, &out, &err)) {
        fuzz_check_error(&err);
        CHECK(!out.id);
        return;
    }
    query = strchr(buffer_text(&out.url), '?');
    CHECK(out.id && query && form_carries(query + 1, "state", state));
    CHECK(form_find(query + 1, "access_type", &type) == FORM_ONCE &&
          strcmp(buffer_text(&type), "offline") == 0);
}

static void check_query(const struct http_response *response)
{
    _cleanup_secret_ struct secret *code = NULL;
    struct error err = {.code = ERROR_NONE};

    if (social_verification_check(buffer_text(&response->body), "Google", &code, &err))
        CHECK(secret_length(code) > 0);
    else
        fuzz_check_error(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_response response = HTTP_RESPONSE_EMPTY;

    response.json = fuzz_take_byte(&data, &size) % 2;
    response.body.maximum = size;
    CHECK(buffer_append(&response.body, data, size, NULL));
    check_error(&response);
    check_token(&response);
    check_verification(&response);
    check_query(&response);
    http_response_release(&response);
    return 0;
}
