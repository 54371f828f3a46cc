/* What decodes is two objects and a signature, and the signing input is what was received. */
#include "fuzz.h"

#include "codec/base64url.h"
#include "codec/jwt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;
    _cleanup_free_ char *signature = NULL;
    struct error err = {.message = ""};

    if (!jwt_decode((const char *)data, size, &jwt, &err)) {
        CHECK(err.code == ERROR_PROTOCOL && err.message[0] && !strchr(err.message, '\n'));
        CHECK(!jwt.header && !jwt.claims);
        return 0;
    }
    CHECK(json_is_object(jwt.header) && json_is_object(jwt.claims));
    CHECK(jwt.signing_input.length < size && data[jwt.signing_input.length] == '.');
    CHECK(memcmp(jwt.signing_input.data, data, jwt.signing_input.length) == 0);
    signature = memory_allocate(BASE64URL_LENGTH(jwt.signature.length) + 1, 1);
    base64url_encode(buffer_text(&jwt.signature), jwt.signature.length, signature);
    CHECK(jwt.signing_input.length + 1 + strlen(signature) == size);
    CHECK(memcmp(signature, data + jwt.signing_input.length + 1, strlen(signature)) == 0);
    return 0;
}
