#include "session/interfaces.h"

struct oidc interfaces_oidc(const struct interfaces *interfaces, const struct profile *profile)
{
    return (struct oidc){.http = interfaces->http,
                         .system = interfaces->system,
                         .language = interfaces->language,
                         .allow_plain = profile->insecure_http,
                         .leaves_no_trace = interfaces->bypasses_cache,
                         .bypasses_cache = interfaces->bypasses_cache};
}

struct store *interfaces_store(const struct interfaces *interfaces, const struct profile *profile,
                               struct error *err)
{
    if (interfaces->passphrase)
        interfaces->passphrase->cache = profile->passphrase_cache;
    return stores_get(interfaces->stores, profile->store, err);
}
