/* Lines of headers, as a transport cuts them, and then a body: the caps hold, a sink begins once. */
#include "fuzz.h"

#include "cmd/api_header.h"
#include "net/http_exchange.h"

struct taker {
    int begun;
};

static bool begin(void *data, int status, const struct buffer *head, struct error *err)
{
    struct taker *taker = data;
    _cleanup_json_ struct json *object = api_head_json(head);
    _cleanup_free_ char *text = api_head_status(head);
    _cleanup_free_ char *location = api_head_value(head, "location");

    (void)err;
    taker->begun++;
    CHECK(status >= 200 && status <= 999 && json_is_object(object));
    CHECK(!location || !strpbrk(location, "\r\n"));
    CHECK(!strpbrk(text, "\r\n"));
    return true;
}

static bool take(void *data, const void *bytes, size_t length, struct error *err)
{
    (void)data;
    (void)bytes;
    (void)err;
    return length > 0;
}

static time_t no_date(const char *text, const time_t *unused)
{
    (void)unused;
    return text[0] == 'x' ? 1 : -1;
}

/* The first byte says whether there is a sink. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct taker taker = {.begun = 0};
    struct http_sink sink = {begin, take, &taker};
    struct http_request request = {.sink = size && data[0] & 1 ? &sink : NULL, .maximum = 64};
    struct http_response response = HTTP_RESPONSE_EMPTY;
    _cleanup_http_exchange_ struct http_exchange exchange = http_exchange_start(&request, &response,
                                                                                "example", no_date);
    const char *position = (const char *)data + (size ? 1 : 0);
    const char *end = (const char *)data + size;
    bool ok = true;

    while (ok && position < end) {
        const char *line = memchr(position, '\n', (size_t)(end - position));
        size_t length = line ? (size_t)(line + 1 - position) : (size_t)(end - position);

        ok = http_exchange_take_header(&exchange, position, length);
        position += length;
    }
    CHECK(ok == (exchange.failure.code == ERROR_NONE));
    CHECK(taker.begun <= 1 && (!taker.begun || exchange.headers_complete));
    if (size)
        ok = http_exchange_take_body(&exchange, data, size);
    CHECK(response.body.length <= 64 && (ok || exchange.failure.code == ERROR_PROTOCOL));
    http_response_release(&response);
    return 0;
}
