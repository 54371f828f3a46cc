#include "session/store_move.h"

#include "base/fault.h"
#include "base/lock.h"
#include "base/log.h"
#include "session/config.h"
#include "session/session_json.h"
#include "session/session_store.h"
#include "session/warm.h"

#include <stdlib.h>
#include <string.h>

#define STALE_STORE "staleStore"

static struct store_key key_of(const struct profile *profile)
{
    return (struct store_key){profile->name, profile->issuer, profile_app(profile)};
}

/* Sets "staleStore" (NULL: takes it out) and, unless it is NULL, "store". */
static bool write_places(const struct interfaces *interfaces, const char *name, const char *store,
                         const char *stale, struct error *err)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    struct json *object;

    if (!config_edit(&config, interfaces->system, err))
        return false;
    object = config_ensure_profile(&config, name);
    if (store)
        json_set_string(object, "store", store);
    if (stale)
        json_set_string(object, STALE_STORE, stale);
    else
        json_remove(object, STALE_STORE);
    return config_save(&config, err);
}

/* What the config file says about the profile; *known is false when it says nothing. */
static bool read_profile(const char *name, struct profile *out, bool *known, struct error *err)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;

    if (!config_load(&config, err))
        return false;
    *known = config_profile(&config, name) != NULL;
    return config_read_profile(&config, name, out, err);
}

/* Tokens that are kept warm belong to a store too. */
static bool empty_store(const struct interfaces *interfaces, const struct profile *profile, char *name,
                        struct error *err)
{
    struct profile place = *profile; /* borrowed: as the profile was, or was to be */
    struct store *store = stores_open_quiet(interfaces->stores, name, err);
    struct store_key key = key_of(profile);
    bool ok = store && store->remove(store, &key, err);

    place.store = name;
    warm_drop(&place);
    if (store)
        store->close(store);
    return ok;
}

/* ---- moving ---- */

static void read_earlier(const struct interfaces *interfaces, const struct profile *profile, const char *name,
                         struct session *out)
{
    struct store *store = stores_open_quiet(interfaces->stores, name, NULL);
    struct store_key key = key_of(profile);
    _cleanup_secret_ struct secret *text = NULL;

    if (!store)
        return;
    if (!out->claims && store->load(store, &key, &text, NULL) && text)
        (void)session_decode(text, out, NULL); /* what can't be read is just removed */
    store->close(store);
}

bool store_move_begin(const struct interfaces *interfaces, const struct profile *profile,
                      struct store_move *move, struct session *earlier, struct error *err)
{
    _cleanup_profile_ struct profile before = PROFILE_EMPTY;
    bool known;

    if (!read_profile(profile->name, &before, &known, err))
        return false;
    if (!known || strcmp(before.store, profile->store) == 0)
        return true;
    warm_drop(&before);
    read_earlier(interfaces, profile, before.store, earlier);
    if (!write_places(interfaces, profile->name, NULL, profile->store, err))
        return false;
    FAULT_POINT("move_marked");
    move->from = TAKE(before.store);
    return true;
}

bool store_move_finish(const struct interfaces *interfaces, const struct profile *profile,
                       const struct store_move *move, struct error *err)
{
    struct error why;

    if (!move->from)
        return true;
    FAULT_POINT("move_saved");
    if (!write_places(interfaces, profile->name, profile->store, move->from, err))
        return false;
    FAULT_POINT("move_named");
    if (!empty_store(interfaces, profile, move->from, &why) ||
        !write_places(interfaces, profile->name, NULL, NULL, &why))
        log_decision("the earlier session is still in the store '%s': %s", move->from, why.message);
    return true;
}

void store_move_release(struct store_move *move)
{
    free(TAKE(move->from));
}

/* ---- tidying up ---- */

/* Under the lock, and with what the config file says then: a move may be going on. */
static bool tidy(const struct interfaces *interfaces, const struct profile *profile, struct error *err)
{
    _cleanup_(lock_release) int lock = -1;
    _cleanup_profile_ struct profile now = PROFILE_EMPTY;
    bool known;

    if (!session_lock(interfaces, profile, &lock, err) || !read_profile(profile->name, &now, &known, err))
        return false;
    if (!now.stale_store)
        return true;
    return (strcmp(now.stale_store, now.store) == 0 || empty_store(interfaces, &now, now.stale_store, err)) &&
           write_places(interfaces, now.name, NULL, NULL, err);
}

void store_move_tidy(const struct interfaces *interfaces, const struct profile *profile)
{
    _cleanup_profile_ struct profile stored = PROFILE_EMPTY; /* without what the environment says */
    struct error err = {.message = "the profile is incomplete"};
    bool known;

    if (!profile->stale_store)
        return;
    if (!read_profile(profile->name, &stored, &known, &err) || !stored.issuer || !profile_app(&stored) ||
        !tidy(interfaces, &stored, &err))
        log_decision("an earlier session is still in the store '%s': %s", profile->stale_store, err.message);
}
