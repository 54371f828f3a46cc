/* A cache entry that is used is this issuer's, and whatever is not used is gone. */
#include "world.h"

#include "oidc/cache.h"

#include <unistd.h>

#define ENTRY "logto/https%3A%2F%2Ftenant.example%2Foidc.discovery.json"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_cache_entry_ struct cache_entry entry = {0};
    _cleanup_cache_entry_ struct cache_entry again = {0};
    _cleanup_free_ char *path = memory_format("%s/%s", fuzz_folder(), ENTRY);

    fuzz_write_file(ENTRY, data, size);
    if (!cache_read(FAKE_ISSUER, "discovery", FAKE_DISCOVERY, &entry)) {
        CHECK(!entry.document && access(path, F_OK) != 0);
        return 0;
    }
    CHECK(json_is_object(entry.document) && strlen(entry.etag) < sizeof(entry.etag));
    cache_write(FAKE_ISSUER, "discovery", FAKE_DISCOVERY, &entry);
    CHECK(cache_read(FAKE_ISSUER, "discovery", FAKE_DISCOVERY, &again) &&
          json_equal(entry.document, again.document));
    CHECK(entry.expires_at == again.expires_at && strcmp(entry.etag, again.etag) == 0);
    return 0;
}
