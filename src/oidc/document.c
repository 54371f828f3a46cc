#include "oidc/document.h"

#include "oidc/oauth_error.h"

#include <stdio.h>
#include <string.h>

#define LIFETIME_LONGEST ((int64_t)24 * 3600)

static int64_t lifetime(const struct document_source *source, const struct http_response *response)
{
    int64_t seconds = response->max_age < 0 ? source->lifetime : response->max_age;

    if (seconds < source->shortest)
        seconds = source->shortest;
    return seconds < LIFETIME_LONGEST ? seconds : LIFETIME_LONGEST;
}

static bool take_response(const struct document_source *source, const struct http_response *response,
                          struct cache_entry *entry, struct error *err)
{
    struct json *document;

    if (response->status == 304 && entry->document)
        return true;
    if (response->status != 200)
        return oauth_error_read(source->what, response, NULL, err);
    document = json_parse(buffer_text(&response->body), response->body.length, err);
    if (!document)
        return error_context(err, "%s", source->what);
    json_free(&entry->document);
    entry->document = document;
    snprintf(entry->etag, sizeof(entry->etag), "%s", response->etag);
    return true;
}

static bool read_cache(const struct oidc *oidc, const struct document_source *source, struct cache_entry *out)
{
    return !oidc->bypasses_cache && cache_read(source->issuer, source->kind, source->url, out);
}

static bool fetch(const struct oidc *oidc, const struct document_source *source, bool forced,
                  struct cache_entry *out, struct error *err)
{
    _cleanup_cache_entry_ struct cache_entry entry = {0};
    _cleanup_http_response_ struct http_response response = HTTP_RESPONSE_EMPTY;
    struct http_request request = {.url = source->url};

    if (oidc->offline)
        return error_set(err, ERROR_NETWORK, "%s: not cached, and --offline prevents fetching it",
                         source->what);
    if (read_cache(oidc, source, &entry) && entry.etag[0])
        request.etag = entry.etag;
    if (!oidc_send(oidc, &request, &response, NULL, err))
        return error_context(err, "%s", source->what);
    if (!take_response(source, &response, &entry, err))
        return false;
    entry.fetched_at = oidc->system->now(oidc->system);
    entry.expires_at = entry.fetched_at + lifetime(source, &response);
    if (forced)
        entry.forced_at = entry.fetched_at;
    if (!oidc->leaves_no_trace)
        cache_write(source->issuer, source->kind, source->url, &entry);
    *out = entry;
    entry.document = NULL;
    return true;
}

bool document_fetch(const struct oidc *oidc, const struct document_source *source, struct cache_entry *out,
                    struct error *err)
{
    return fetch(oidc, source, true, out, err);
}

/* An entry from the future was written with a wrong clock: its age is unknown. */
static bool is_fresh(const struct oidc *oidc, const struct cache_entry *entry)
{
    int64_t now = oidc->system->now(oidc->system);

    return oidc->offline || (entry->fetched_at <= now && now < entry->expires_at);
}

bool document_load(const struct oidc *oidc, const struct document_source *source, struct cache_entry *out,
                   bool *fetched, struct error *err)
{
    _cleanup_cache_entry_ struct cache_entry entry = {0};

    if (read_cache(oidc, source, &entry) && is_fresh(oidc, &entry)) {
        *out = entry;
        entry.document = NULL;
        *fetched = false;
        return true;
    }
    *fetched = true;
    return fetch(oidc, source, false, out, err);
}
