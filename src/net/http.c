#include "net/http.h"

void http_close(struct http **http)
{
    if (*http)
        (*http)->close(*http);
    *http = NULL;
}

void http_response_release(struct http_response *response)
{
    buffer_release(&response->body);
}

bool http_request_url(const struct http_request *request, struct url *url, struct error *err)
{
    if (!url_parse(request->url, url, err))
        return error_context(err, "requesting %s", request->url);
    if (url->secure || url_is_loopback(url) || request->allow_plain)
        return true;
    error_set(err, ERROR_CONFIG, "%s is not encrypted and not on this machine", request->url);
    return error_hint(err, "use https, or --insecure-http if you accept that others can read the traffic");
}
