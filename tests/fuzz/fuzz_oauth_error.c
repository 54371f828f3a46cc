/* Whatever an error response says, it is an error, within its bounds. The first two bytes choose status and
 * type. */
#include "world.h"

#include "oidc/oauth_error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_response response = HTTP_RESPONSE_EMPTY;
    struct oauth_error read = {.kind = OAUTH_NO_RESPONSE};
    struct error err = {.code = ERROR_NONE};

    response.status = 300 + fuzz_take_byte(&data, &size);
    response.json = fuzz_take_byte(&data, &size) % 2;
    response.body.maximum = size;
    CHECK(buffer_append(&response.body, data, size, NULL));
    CHECK(!oauth_error_read("asking", &response, &read, &err));
    fuzz_check_error(&err);
    CHECK(read.status == response.status && read.kind != OAUTH_NO_RESPONSE && read.kind < OAUTH_ERROR_KINDS);
    CHECK(strlen(read.error) < sizeof(read.error) && strlen(read.description) < sizeof(read.description));
    CHECK(response.status != 429 || read.kind == OAUTH_RATE_LIMITED);
    http_response_release(&response);
    return 0;
}
