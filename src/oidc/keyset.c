#include "oidc/keyset.h"

#include "base/log.h"
#include "oidc/document.h"

/*
 * Logto sends no-cache with its keys. An unknown key is fetched at once, so only a withdrawn key is
 * accepted for this long.
 */
#define LIFETIME 3600
#define LIFETIME_SHORTEST 600

static struct document_source source_of(const struct keyset *keyset)
{
    return (struct document_source){.issuer = keyset->issuer,
                                    .kind = "jwks",
                                    .url = keyset->jwks_uri,
                                    .what = "reading the key set",
                                    .lifetime = LIFETIME,
                                    .shortest = LIFETIME_SHORTEST};
}

static bool take_document(struct keyset *keyset, const struct cache_entry *entry, bool fetched,
                          struct error *err)
{
    struct jwk_set *keys = jwk_set_parse(entry->document, err);

    if (!keys) {
        cache_remove(keyset->issuer, "jwks");
        return error_context(err, "reading the key set");
    }
    jwk_set_free(&keyset->keys);
    keyset->keys = keys;
    keyset->forced_at = entry->forced_at;
    keyset->fetched_at = fetched ? entry->fetched_at : 0;
    return true;
}

bool keyset_load(const struct oidc *oidc, const char *issuer, const char *jwks_uri, struct keyset *out,
                 struct error *err)
{
    struct keyset keyset = {.issuer = issuer, .jwks_uri = jwks_uri};
    struct document_source source = source_of(&keyset);
    _cleanup_cache_entry_ struct cache_entry entry = {0};
    bool fetched;

    if (!document_load(oidc, &source, &entry, &fetched, err) || !take_document(&keyset, &entry, fetched, err))
        return false;
    *out = keyset;
    return true;
}

static bool refresh(const struct oidc *oidc, struct keyset *keyset, struct error *err)
{
    struct document_source source = source_of(keyset);
    _cleanup_cache_entry_ struct cache_entry entry = {0};

    log_decision("the token's key is not in the cached key set: fetching it again");
    return document_fetch(oidc, &source, &entry, err) && take_document(keyset, &entry, true, err);
}

static bool may_refresh(const struct oidc *oidc, const struct keyset *keyset, int64_t pause)
{
    int64_t last = keyset->fetched_at > keyset->forced_at ? keyset->fetched_at : keyset->forced_at;
    int64_t since = oidc->system->now(oidc->system) - last;

    if (!keyset->jwks_uri || oidc->offline)
        return false;
    return pause == 0 ? !keyset->fetched_at : since >= pause || since < 0;
}

static bool verify(const struct keyset *keyset, const struct jwt *jwt, enum jws_verdict *verdict,
                   char *detail, size_t detail_size, struct error *err)
{
    *verdict = jws_verify(jwt, keyset->keys, detail, detail_size);
    return *verdict != JWS_UNDECIDED || error_set(err, ERROR_INTERNAL, "%s", detail);
}

bool keyset_verify(const struct oidc *oidc, struct keyset *keyset, const struct jwt *jwt, int64_t pause,
                   enum jws_verdict *verdict, char *detail, size_t detail_size, struct error *err)
{
    if (!verify(keyset, jwt, verdict, detail, detail_size, err))
        return false;
    if (*verdict != JWS_UNKNOWN_KEY || !may_refresh(oidc, keyset, pause))
        return true;
    return refresh(oidc, keyset, err) && verify(keyset, jwt, verdict, detail, detail_size, err);
}

void keyset_release(struct keyset *keyset)
{
    jwk_set_free(&keyset->keys);
}
