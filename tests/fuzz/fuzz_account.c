/*
 * What Logto's Account API answers. A token that is taken fits into a header, and a code that may be shown
 * holds nothing but words.
 */
#include "world.h"

#include "logto/account_error.h"
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_response response = HTTP_RESPONSE_EMPTY;

    response.json = fuzz_take_byte(&data, &size) % 2;
    response.body.maximum = size;
    CHECK(buffer_append(&response.body, data, size, NULL));
    check_error(&response);
    check_token(&response);
    http_response_release(&response);
    return 0;
}
