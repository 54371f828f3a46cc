/* A URL that is accepted and written out again is the same URL; a form that is built is found again. */
#include "fuzz.h"

#include "codec/url.h"

static void check_url(const char *text)
{
    struct error err = {.message = ""};
    struct url url, again;
    _cleanup_buffer_ struct buffer written = BUFFER(URL_MAXIMUM);

    if (!url_parse(text, &url, &err)) {
        CHECK(err.code == ERROR_USAGE && err.message[0]);
        return;
    }
    CHECK(url.port != 0 && url.path[0] == '/' && url.host[0]);
    CHECK(strspn(url.host, "abcdefghijklmnopqrstuvwxyz0123456789-_.:") == strlen(url.host));
    CHECK(url_format(&written, &url, NULL));
    CHECK(url_parse(buffer_text(&written), &again, &err));
    CHECK(url_same_origin(&url, &again));
    CHECK(strcmp(url.path, again.path) == 0 && strcmp(url.query, again.query) == 0);
    CHECK(url_is_loopback(&url) == url_is_loopback(&again));
}

/* The first byte says how long the name is. */
static void check_form(const char *text, size_t size)
{
    size_t name_length = size ? (size_t)(unsigned char)text[0] % size : 0;
    _cleanup_free_ char *name = memory_allocate(name_length + 1, 1);
    _cleanup_buffer_ struct buffer out = BUFFER(size + 1);
    _cleanup_buffer_ struct buffer form = BUFFER(9 * size + 16);
    struct error err;
    enum form_result result;

    memcpy(name, text + (size ? 1 : 0), name_length);
    result = form_find(text, name, &out);
    CHECK(result == FORM_ONCE || out.length == 0);
    buffer_clear(&out);
    CHECK(form_append(&form, name, text, &err) && form_append(&form, "other", text, &err));
    result = form_find(buffer_text(&form), name, &out);
    CHECK(result == (strcmp(name, "other") == 0 ? FORM_REPEATED : FORM_ONCE));
    CHECK(result != FORM_ONCE || strcmp(buffer_text(&out), text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_free_ char *text = memory_allocate(size + 1, 1);

    memcpy(text, data, size);
    check_url(text);
    check_form(text, strlen(text));
    return 0;
}
