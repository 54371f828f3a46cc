#include "oidc/oidc.h"

#include "base/duration.h"

bool oidc_send(const struct oidc *oidc, struct http_request *request, struct http_response *response,
               bool *delivered, struct error *err)
{
    request->language = oidc->language;
    request->maximum = OIDC_RESPONSE_MAXIMUM;
    request->timeout = oidc->timeout;
    request->allow_plain = oidc->allow_plain;
    request->sending = oidc->sending;
    request->sending_data = oidc->sending_data;
    if (!oidc->http->send(oidc->http, request, response, delivered, err))
        return false;
    if (response->date >= 0)
        oidc->http->clock_offset = response->date - oidc->system->now(oidc->system);
    return true;
}

char *oidc_clock_note(const struct http *http)
{
    int64_t offset = http->clock_offset;
    char length[DURATION_SIZE];

    if (offset >= -CLOCK_TOLERANCE && offset <= CLOCK_TOLERANCE)
        return memory_duplicate("");
    duration_length(offset < 0 ? -offset : offset, length);
    return memory_format("; the clock of this machine is %s %s the server's", length,
                         offset > 0 ? "behind" : "ahead of");
}
