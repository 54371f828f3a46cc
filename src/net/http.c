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
