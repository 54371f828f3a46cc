#include "oidc/oidc.h"

bool oidc_send(const struct oidc *oidc, struct http_request *request, struct http_response *response,
               bool *delivered, struct error *err)
{
    request->language = oidc->language;
    request->maximum = OIDC_RESPONSE_MAXIMUM;
    request->timeout = oidc->timeout;
    request->allow_plain = oidc->allow_plain;
    request->sending = oidc->sending;
    request->sending_data = oidc->sending_data;
    return oidc->http->send(oidc->http, request, response, delivered, err);
}
