/* A row of /proc/net/tcp that is read has what stands in it; one that isn't leaves the result untouched. */
#include "world.h"

#include "net/connection_owner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct connection_viewer viewer = {.uid = 1000, .overflow_uid = 65534, .identity_map = true};
    _cleanup_free_ char *line = fuzz_text(data, size);
    struct connection_row row, before;

    memset(&row, 0xA5, sizeof(row));
    memcpy(&before, &row, sizeof(row));
    if (!connection_owner_parse_row(line, &row)) {
        CHECK(memcmp(&row, &before, sizeof(row)) == 0);
        return 0;
    }
    CHECK(strchr(line, ':'));
    CHECK((row.inode == 0) == (connection_owner_judge(&row, true, &viewer) == CONNECTION_GONE));
    CHECK(connection_owner_judge(&row, false, &viewer) == CONNECTION_GONE);
    return 0;
}
