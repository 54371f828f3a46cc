#include "session/connector.h"

#include "base/log.h"
#include "oidc/document.h"

/* As for the discovery document, but there is no need to wait long for it. */
#define LIFETIME 3600
#define LIFETIME_SHORTEST 300
#define TIMEOUT 5000 /* ms */

static bool load(const struct interfaces *interfaces, const struct profile *profile, bool force,
                 bool *fetched, struct sign_in_experience *out, struct error *err)
{
    struct oidc oidc = interfaces_oidc(interfaces, profile);
    _cleanup_free_ char *url = memory_format("%s" LOGTO_SIGN_IN_EXPERIENCE_PATH, profile->endpoint);
    _cleanup_cache_entry_ struct cache_entry entry = {0};
    struct document_source source = {.issuer = profile->issuer,
                                     .kind = "sign-in-exp",
                                     .url = url,
                                     .what = "reading the sign-in experience",
                                     .lifetime = LIFETIME,
                                     .shortest = LIFETIME_SHORTEST};
    bool ok;

    oidc.timeout = TIMEOUT;
    *fetched = true;
    ok = force ? document_fetch(&oidc, &source, &entry, err)
               : document_load(&oidc, &source, &entry, fetched, err);
    return ok && sign_in_experience_read(entry.document, out, err);
}

bool connector_load_experience(const struct interfaces *interfaces, const struct profile *profile,
                               bool *fetched, struct sign_in_experience *out, struct error *err)
{
    return load(interfaces, profile, false, fetched, out, err);
}

/* The experience that decides: a cached one that has the connector, else one fetched now. */
static bool find(const struct interfaces *interfaces, const struct profile *profile, const char *connector,
                 struct sign_in_experience *out, struct error *err)
{
    bool fetched;

    if (!load(interfaces, profile, false, &fetched, out, err))
        return false;
    if (fetched || sign_in_experience_offers(out, connector))
        return true;
    sign_in_experience_release(out);
    return load(interfaces, profile, true, &fetched, out, err);
}

bool connector_check(const struct interfaces *interfaces, const struct profile *profile,
                     const char *connector, bool required, bool *offered, struct error *err)
{
    _cleanup_sign_in_experience_ struct sign_in_experience experience = SIGN_IN_EXPERIENCE_EMPTY;
    _cleanup_free_ char *names = NULL;
    struct error why;

    *offered = true;
    if (!find(interfaces, profile, connector, &experience, &why)) {
        log_decision("cannot tell whether the connector %s is enabled: %s", connector, why.message);
        return true;
    }
    *offered = sign_in_experience_offers(&experience, connector);
    if (*offered || !required)
        return true;
    names = sign_in_experience_names(&experience);
    error_set(err, ERROR_CONFIG, "the connector '%s' is not enabled at %s (enabled: %s)", connector,
              profile->endpoint, names);
    return error_hint(
        err, "enable it in the Logto Console (Sign-in experience), or use --no-connector for Logto's "
             "full sign-in page");
}

bool connector_find_id(const struct interfaces *interfaces, const struct profile *profile, const char *target,
                       char **out, struct error *err)
{
    _cleanup_sign_in_experience_ struct sign_in_experience experience = SIGN_IN_EXPERIENCE_EMPTY;
    const char *id;

    if (!find(interfaces, profile, target, &experience, err))
        return false;
    id = sign_in_experience_id(&experience, target);
    *out = memory_duplicate(id);
    if (id)
        return true;
    error_set(err, ERROR_CONFIG, "the sign-in experience of %s does not list the connector '%s'",
              profile->endpoint, target);
    return error_hint(err,
                      "use --connector-id with the id that the connector's page in the Logto Console shows");
}
