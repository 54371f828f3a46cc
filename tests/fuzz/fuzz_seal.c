/* A header that is accepted costs no more than this program would ever spend; whatever follows it, nothing
 * opens. */
#include "fuzz.h"

#include "crypto/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer document = BUFFER(size + 1);
    struct seal_header header;
    struct error err = {.message = ""};

    if (!buffer_append(&document, data, size, NULL))
        return 0;
    if (!seal_parse_header(data, size, &header, &err)) {
        CHECK(err.code == ERROR_PROTOCOL && err.message[0]);
        CHECK(!seal_key_fits(NULL, &document, 0));
    } else {
        CHECK(header.cost.log_n >= 15 && header.cost.log_n <= 20 && header.cost.r >= 8 && header.cost.p >= 1);
        CHECK((UINT64_C(128) << header.cost.log_n) * header.cost.r <= UINT64_C(128) << 20);
        CHECK(header.cost.p <= 64);
        CHECK(memcmp(data + 12, header.salt, SEAL_SALT_LENGTH) == 0);
    }
    buffer_release(&document);
    return 0;
}
