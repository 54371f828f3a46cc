#include "oidc/cache.h"

#include "base/file.h"
#include "base/log.h"
#include "codec/url.h"
#include "oidc/oidc.h"

#include <stdio.h>
#include <string.h>

/* The document and our metadata. */
#define ENTRY_MAXIMUM (OIDC_RESPONSE_MAXIMUM + 4096)
#define NAME_LONGEST 200

/* The percent-encoded issuer is a unique and readable file name. NULL when it's too long. */
static char *entry_path(const char *issuer, const char *kind)
{
    _cleanup_buffer_ struct buffer name = BUFFER(NAME_LONGEST);

    if (!form_encode(&name, issuer, strlen(issuer), NULL) ||
        !buffer_append_format(&name, NULL, ".%s.json", kind))
        return NULL;
    return file_path(FILE_CACHE, buffer_text(&name), NULL);
}

static bool says(const struct json *wrapper, const char *name, const char *value)
{
    const char *text = json_string(wrapper, name);

    return text && strcmp(text, value) == 0;
}

static bool decode(const struct json *wrapper, const char *issuer, const char *url, struct cache_entry *out)
{
    const struct json *document = json_member(wrapper, "document");
    const char *etag = json_string(wrapper, "etag");
    struct cache_entry entry = {0};

    if (!json_is_object(document) || !says(wrapper, "issuer", issuer) || !says(wrapper, "url", url) ||
        !json_integer(wrapper, "fetched_at", &entry.fetched_at) ||
        !json_integer(wrapper, "expires_at", &entry.expires_at))
        return false;
    json_integer(wrapper, "forced_at", &entry.forced_at);
    snprintf(entry.etag, sizeof(entry.etag), "%s", etag ? etag : "");
    entry.document = json_copy(document);
    *out = entry;
    return true;
}

bool cache_read(const char *issuer, const char *kind, const char *url, struct cache_entry *out)
{
    _cleanup_free_ char *path = entry_path(issuer, kind);
    _cleanup_buffer_ struct buffer text = BUFFER(ENTRY_MAXIMUM);
    _cleanup_json_ struct json *wrapper = NULL;
    bool exists;

    if (!path || !file_read(path, FILE_OWN, &text, &exists, NULL) || !exists)
        return false;
    wrapper = json_parse(buffer_text(&text), text.length, NULL);
    if (wrapper && decode(wrapper, issuer, url, out))
        return true;
    log_decision("removing the cache file %s: damaged, or of another URL", path);
    file_remove(path, NULL);
    return false;
}

void cache_write(const char *issuer, const char *kind, const char *url, const struct cache_entry *entry)
{
    _cleanup_free_ char *path = entry_path(issuer, kind);
    _cleanup_json_ struct json *wrapper = json_object();
    struct error err;
    char *text;

    if (!path)
        return;
    json_set_string(wrapper, "issuer", issuer);
    json_set_string(wrapper, "url", url);
    json_set_integer(wrapper, "fetched_at", entry->fetched_at);
    json_set_integer(wrapper, "expires_at", entry->expires_at);
    json_set_integer(wrapper, "forced_at", entry->forced_at);
    if (entry->etag[0])
        json_set_string(wrapper, "etag", entry->etag);
    json_set(wrapper, "document", json_copy(entry->document));
    text = json_print(wrapper, false);
    if (!file_write(path, FILE_OWN, text, strlen(text), &err))
        log_decision("cannot cache %s: %s", kind, err.message);
    memory_wipe_free(text);
}

void cache_remove(const char *issuer, const char *kind)
{
    _cleanup_free_ char *path = entry_path(issuer, kind);

    if (path)
        file_remove(path, NULL);
}

void cache_entry_release(struct cache_entry *entry)
{
    json_free(&entry->document);
}
