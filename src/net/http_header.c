#include "net/http_header.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int64_t parse_max_age(const char *value)
{
    const char *age = strcasestr(value, "max-age=");
    long long seconds = age ? strtoll(age + strlen("max-age="), NULL, 10) : -1;

    if (strcasestr(value, "no-store") || strcasestr(value, "no-cache"))
        return 0;
    return age && seconds < 0 ? 0 : seconds;
}

/* Retry-After is seconds or a date (RFC 9110, 10.2.3). */
static int64_t parse_retry_after(const char *value, http_date *parse_date)
{
    char *end;
    long long seconds = strtoll(value, &end, 10);
    time_t date;

    if (end != value)
        return seconds < 0 ? 0 : seconds;
    date = parse_date(value, NULL);
    if (date < 0)
        return -1;
    return date > time(NULL) ? (int64_t)(date - time(NULL)) : 0;
}

static bool is_json(const char *type)
{
    size_t length = strcspn(type, "; ");

    return (length == strlen("application/json") && strncasecmp(type, "application/json", length) == 0) ||
           (length > 5 && strncasecmp(type + length - 5, "+json", 5) == 0);
}

static void take_header(struct http_response *response, const char *name, const char *value,
                        http_date *parse_date)
{
    if (strcasecmp(name, "content-type") == 0)
        response->json = is_json(value);
    else if (strcasecmp(name, "etag") == 0 && strlen(value) < sizeof(response->etag))
        snprintf(response->etag, sizeof(response->etag), "%s", value);
    else if (strcasecmp(name, "location") == 0 && strlen(value) < sizeof(response->location))
        snprintf(response->location, sizeof(response->location), "%s", value);
    else if (strcasecmp(name, "cache-control") == 0)
        response->max_age = parse_max_age(value);
    else if (strcasecmp(name, "date") == 0)
        response->date = (int64_t)parse_date(value, NULL);
    else if (strcasecmp(name, "retry-after") == 0)
        response->retry_after = parse_retry_after(value, parse_date);
}

void http_header_reset(struct http_response *response)
{
    const struct http_response empty = HTTP_RESPONSE_EMPTY;

    response->json = empty.json;
    response->etag[0] = '\0';
    response->location[0] = '\0';
    response->max_age = empty.max_age;
    response->date = empty.date;
    response->retry_after = empty.retry_after;
}

/* A line without a colon is no field. Longer lines hold nothing that is used here. */
void http_header_read(struct http_response *response, const char *line, size_t length, http_date *date)
{
    char text[4096];
    char *value;

    if (length >= sizeof(text))
        return;
    memcpy(text, line, length);
    text[length] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    value = strchr(text, ':');
    if (!value)
        return;
    *value++ = '\0';
    value += strspn(value, " \t");
    take_header(response, text, value, date);
}

int http_header_status(const char *line, size_t length)
{
    const char *space = length > 5 && memcmp(line, "HTTP/", 5) == 0 ? memchr(line, ' ', length) : NULL;
    int status = 0;

    if (!space || (size_t)(line + length - space) < 4)
        return 0;
    for (const char *digit = space + 1; digit < space + 4; digit++) {
        if (*digit < '0' || *digit > '9')
            return 0;
        status = status * 10 + (*digit - '0');
    }
    return status;
}
