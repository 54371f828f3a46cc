#include "session/session_store.h"

#include "base/fault.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/lock.h"
#include "session/hint.h"
#include "session/session_json.h"
#include "session/warm.h"

#include <inttypes.h>
#include <string.h>

#define LOCK_TIMEOUT 60000     /* ms; longer than a refresh with its retry may take */
#define SIGN_IN_TIMEOUT 330000 /* ms; longer than a user gets to sign in */

bool session_check_profile(const struct profile *profile, struct error *err)
{
    if (profile->issuer && profile_app(profile))
        return true;
    if (!profile->issuer && !profile_app(profile))
        error_set(err, ERROR_NOT_SIGNED_IN, "not signed in: the profile '%s' is not set up yet",
                  profile->name);
    else
        error_set(err, ERROR_CONFIG, "the profile '%s' has no %s", profile->name,
                  profile->issuer ? "app id" : "endpoint");
    return hint_set_up(profile, profile->device_app_id != NULL, err);
}

static struct store_key key_of(const struct profile *profile)
{
    return (struct store_key){profile->name, profile->issuer, profile_app(profile)};
}

/* The store of a complete profile, and the session's key; NULL on failure. */
static struct store *open_store(const struct interfaces *interfaces, const struct profile *profile,
                                struct store_key *key, struct error *err)
{
    *key = key_of(profile);
    return session_check_profile(profile, err) ? interfaces_store(interfaces, profile, err) : NULL;
}

static bool load_text(const struct interfaces *interfaces, const struct profile *profile,
                      struct secret **text, struct error *err)
{
    struct store_key key;
    struct store *store = open_store(interfaces, profile, &key, err);

    return store && store->load(store, &key, text, err);
}

bool session_find(const struct interfaces *interfaces, const struct profile *profile, struct session *out,
                  bool *found, struct error *err)
{
    _cleanup_secret_ struct secret *text = NULL;

    if (!load_text(interfaces, profile, &text, err))
        return false;
    if (text && !session_decode(text, out, err)) {
        hint_command(profile, "nothing was deleted; to replace it: logto login", err);
        return false;
    }
    *found = text != NULL;
    return true;
}

bool session_load(const struct interfaces *interfaces, const struct profile *profile, struct session *out,
                  struct error *err)
{
    bool found;

    if (!session_find(interfaces, profile, out, &found, err))
        return false;
    if (found)
        return true;
    error_set(err, ERROR_NOT_SIGNED_IN, "not signed in to %s with the profile '%s'", profile->endpoint,
              profile->name);
    return hint_login(profile, NULL, NULL, err);
}

/* A look for one item. */
struct search {
    struct store_key wanted;
    bool found;
};

static void compare(void *data, const struct store_key *key)
{
    struct search *search = data;
    const struct store_key *wanted = &search->wanted;

    search->found |= strcmp(key->profile, wanted->profile) == 0 && strcmp(key->issuer, wanted->issuer) == 0 &&
                     strcmp(key->app_id, wanted->app_id) == 0;
}

/* Listing needs neither passphrase nor unlocking. */
bool session_check_none(const struct interfaces *interfaces, const struct profile *profile, struct error *err)
{
    struct search search = {.found = false};
    struct store *store;

    if (!profile->issuer || !profile_app(profile))
        return true;
    store = open_store(interfaces, profile, &search.wanted, err);
    if (!store || !store->list(store, compare, &search, err))
        return false;
    if (!search.found)
        return true;
    error_set(err, ERROR_CONFIG, "the profile '%s' has a session at %s (app %s)", profile->name,
              profile->endpoint, profile_app(profile));
    return error_hint(err, "use another profile (-p NAME), or sign out first: logto logout --profile %s",
                      profile->name);
}

bool session_save(const struct interfaces *interfaces, const struct profile *profile,
                  const struct session *session, struct error *err)
{
    _cleanup_secret_ struct secret *text = session_encode(session);
    struct store_key key;
    struct store *store = open_store(interfaces, profile, &key, err);

    if (session->unproven)
        warm_drop(profile);
    if (!store || !store->save(store, &key, text, err))
        return false;
    FAULT_POINT("session_saved");
    warm_write(interfaces, profile, session);
    return true;
}

bool session_prepare(const struct interfaces *interfaces, const struct profile *profile, struct error *err)
{
    struct store_key key;
    struct store *store = open_store(interfaces, profile, &key, err);

    return store && store->prepare(store, &key, err);
}

bool session_forget(const struct interfaces *interfaces, const struct profile *profile, struct error *err)
{
    struct store_key key;
    struct store *store;

    warm_drop(profile);
    store = open_store(interfaces, profile, &key, err);
    if (!store || !store->remove(store, &key, err))
        return false;
    FAULT_POINT("session_removed");
    return true;
}

/* Who waits for a lock, what for, and how the user hears of it. */
struct waiter {
    const struct notices *notices;
    const char *profile;
    const char *purpose;
};

static void report_wait(void *data, int holder)
{
    const struct waiter *waiter = data;
    _cleanup_free_ char *process = holder ? memory_format(" (pid %d)", holder) : memory_duplicate("");
    _cleanup_free_ char *what = memory_format("another logto%s to %s the profile '%s'", process,
                                              waiter->purpose, waiter->profile);

    if (waiter->notices->waiting)
        waiter->notices->waiting(waiter->notices->data, what);
}

/* The path of a lock of the session; the caller frees it. NULL on failure. */
static char *lock_path(const struct profile *profile, const char *suffix, struct error *err)
{
    uint64_t id = hash_text(hash_text(HASH_START, profile->issuer), profile_app(profile));
    _cleanup_free_ char *name = memory_format("locks/%s-%016" PRIx64 "%s", profile->name, id, suffix);

    return file_path(FILE_DATA, name, err);
}

bool session_lock(const struct interfaces *interfaces, const struct profile *profile, int *lock,
                  struct error *err)
{
    _cleanup_free_ char *path = lock_path(profile, ".lock", err);
    struct waiter waiter = {&interfaces->notices, profile->name, "finish with"};
    struct lock_wait wait = {LOCK_TIMEOUT, report_wait, &waiter};

    if (!path || !lock_take(path, interfaces->system, &wait, lock, err))
        return false;
    FAULT_POINT("session_locked");
    return true;
}

bool session_lock_sign_in(const struct interfaces *interfaces, const struct profile *profile, int *lock,
                          bool *waited, struct error *err)
{
    _cleanup_free_ char *path = lock_path(profile, ".login.lock", err);
    struct waiter waiter = {&interfaces->notices, profile->name, "sign in with"};
    struct lock_wait glance = {.timeout = 0}, wait = {SIGN_IN_TIMEOUT, report_wait, &waiter};

    if (!path)
        return false;
    *waited = !lock_take(path, interfaces->system, &glance, lock, NULL);
    return !*waited || lock_take(path, interfaces->system, &wait, lock, err);
}
