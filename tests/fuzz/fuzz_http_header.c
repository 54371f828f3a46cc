/* The input's lines are those of a header section. Whatever they are, the response's fields stay in their
 * bounds. */
#include "world.h"

#include "net/http_header.h"

static time_t read_date(const char *text, const time_t *unused)
{
    (void)unused;
    return text[0] ? (time_t)text[0] : -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_response response = HTTP_RESPONSE_EMPTY;

    for (size_t start = 0; start < size;) {
        const uint8_t *end = memchr(data + start, '\n', size - start);
        size_t length = end ? (size_t)(end - data) - start + 1 : size - start;

        http_header_read(&response, (const char *)data + start, length, read_date);
        start += length;
    }
    CHECK(memchr(response.etag, '\0', sizeof(response.etag)));
    CHECK(!strpbrk(response.etag, "\r\n"));
    CHECK(response.retry_after >= -1 && response.max_age >= -1);
    http_header_reset(&response);
    CHECK(!response.json && response.max_age == -1 && response.date == -1 && response.etag[0] == '\0');
    return 0;
}
