/* What comes back lies within what was given, and has no white space at its ends. */
#include "fuzz.h"

#include "base/memory.h"
#include "codec/bearer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_free_ char *text = memory_allocate(size + 1, 1);
    size_t length;
    const char *token;

    memcpy(text, data, size);
    token = bearer_token(text, size, &length);
    CHECK(token >= text && length <= size && token + length <= text + size);
    CHECK(length == 0 || (!strchr(" \t\r\n", token[0]) || token[0] == '\0'));
    CHECK(length == 0 || (!strchr(" \t\r\n", token[length - 1]) || token[length - 1] == '\0'));
    return 0;
}
