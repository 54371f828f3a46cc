#include "session/orphan.h"

#include "logto/endpoint.h"

#include <stdlib.h>
#include <string.h>

/* A look at one store. */
struct search {
    const struct config *config;
    const char *store;
    struct orphans *out;
};

static bool is_named(const struct search *search, const struct store_key *key)
{
    _cleanup_profile_ struct profile profile = PROFILE_EMPTY;

    return config_profile(search->config, key->profile) &&
           config_read_profile(search->config, key->profile, &profile, NULL) && profile.issuer &&
           profile_app(&profile) && strcmp(profile.issuer, key->issuer) == 0 &&
           strcmp(profile_app(&profile), key->app_id) == 0 && strcmp(profile.store, search->store) == 0;
}

static void add(void *data, const struct store_key *key)
{
    struct search *search = data;
    struct orphans *out = search->out;

    if (is_named(search, key))
        return;
    out->profiles = memory_resize(out->profiles, out->count + 1, sizeof(*out->profiles));
    out->profiles[out->count++] = (struct profile){.name = memory_duplicate(key->profile),
                                                   .endpoint = logto_issuer_endpoint(key->issuer),
                                                   .issuer = memory_duplicate(key->issuer),
                                                   .app_id = memory_duplicate(key->app_id),
                                                   .store = memory_duplicate(search->store)};
}

void orphans_find(const struct interfaces *interfaces, const struct config *config, struct orphans *out)
{
    for (const struct store_kind *kind = stores_table(interfaces->stores); kind->name; kind++) {
        struct search search = {config, kind->name, out};
        struct store *store = stores_get(interfaces->stores, kind->name, NULL);

        if (store)
            (void)store->list(store, add, &search, NULL);
    }
}

void orphans_release(struct orphans *orphans)
{
    for (size_t i = 0; i < orphans->count; i++)
        profile_release(&orphans->profiles[i]);
    free(orphans->profiles);
    *orphans = (struct orphans){NULL, 0};
}
