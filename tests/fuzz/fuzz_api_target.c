/* A token goes only to the origin of its API, at or below its path, and what is sent is what was matched. */
#include "fuzz.h"

#include "session/api_target.h"

#define ENDPOINT "https://tenant.example"

static const char *const granted[] = {"https://api.example/v1", "https://api.example/v1/admin/",
                                      "http://localhost:8080/", ENDPOINT "/api"};

static void check_prefix(const char *written, const char *identifier)
{
    size_t length = strlen(identifier);

    while (length > 0 && identifier[length - 1] == '/')
        length--;
    CHECK(strncmp(written, identifier, length) == 0);
    CHECK(strchr("/?", written[length]));
}

static void check_target(const struct url *url, const char *written)
{
    _cleanup_list_ struct list resources = LIST_EMPTY;
    struct api_target target;

    for (size_t i = 0; i < ARRAY_SIZE(granted); i++)
        list_append(&resources, granted[i]);
    target = api_target_find(url, ENDPOINT, &resources);
    CHECK((target.token == API_TOKEN_RESOURCE) == (target.resource != NULL));
    if (target.resource)
        check_prefix(written, target.resource);
    if (target.token == API_TOKEN_OPAQUE)
        CHECK(strncmp(written, ENDPOINT "/oidc/me", strlen(ENDPOINT "/oidc/me")) == 0 ||
              strncmp(written, ENDPOINT "/api/", strlen(ENDPOINT "/api/")) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_free_ char *text = memory_allocate(size + 1, 1);
    _cleanup_buffer_ struct buffer written = BUFFER(URL_MAXIMUM);
    _cleanup_free_ char *guess = NULL;
    struct error err = {.message = ""};
    struct url url;

    memcpy(text, data, size);
    if (!api_url_parse(text, ENDPOINT, &url, &err)) {
        CHECK(err.code == ERROR_USAGE && err.message[0]);
        return 0;
    }
    CHECK(url.secure || url_is_loopback(&url));
    CHECK(url_format(&written, &url, NULL));
    CHECK(!strstr(url.path, "/../") && !strchr(url.host, '@'));
    check_target(&url, buffer_text(&written));
    guess = api_target_guess(&url, ENDPOINT);
    CHECK(strncmp(buffer_text(&written), guess, strlen(guess)) == 0);
    return 0;
}
