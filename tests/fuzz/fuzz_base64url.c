/* Whatever decodes is the one spelling of its bytes; whatever is refused leaves the buffer as it was. */
#include "fuzz.h"

#include "codec/base64url.h"

static void encode_and_decode(const uint8_t *data, size_t size)
{
    _cleanup_buffer_ struct buffer decoded = BUFFER(size);
    _cleanup_free_ char *text = memory_allocate(BASE64URL_LENGTH(size) + 1, 1);
    struct error err;

    base64url_encode(data, size, text);
    CHECK(strlen(text) == BASE64URL_LENGTH(size));
    CHECK(base64url_decode(text, strlen(text), &decoded, &err));
    CHECK(decoded.length == size && (size == 0 || memcmp(decoded.data, data, size) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_buffer_ struct buffer out = BUFFER(size + 1);
    _cleanup_free_ char *again = memory_allocate(size + 2, 1);
    struct error err = {.message = ""};

    encode_and_decode(data, size);
    buffer_append(&out, "x", 1, &err);
    if (!base64url_decode((const char *)data, size, &out, &err)) {
        CHECK(err.code == ERROR_PROTOCOL && err.message[0]);
        CHECK(strcmp(buffer_text(&out), "x") == 0);
        return 0;
    }
    base64url_encode(out.data + 1, out.length - 1, again);
    CHECK(strlen(again) == size && memcmp(again, data, size) == 0);
    return 0;
}
