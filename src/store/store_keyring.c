/*
 * Sessions as items of the Secret Service. An item that is there is changed in place: a service may ask the
 * user whether this process may replace what another one made, and by then the refresh token that the new
 * value came for would be spent.
 */
#include "base/fault.h"
#include "base/utf8.h"
#include "store/keyring_items.h"

#include <stdlib.h>

/* What a command that reads everything is answered from. */
struct snapshot {
    bool taken, failed;
    struct keyring_items items;
    struct error why;
};

struct store_keyring {
    struct store store;
    struct store_settings settings;
    struct keyring_service *service;
    struct snapshot snapshot;
};

/* One operation: what it is about, and what it has found so far. */
struct task {
    const struct store_settings *settings;
    struct keyring_service *service;
    const struct store_key *key; /* NULL: every item of ours */
    const struct secret *value;  /* to be saved */
    bool creates_collection;     /* if the user agrees */

    struct list unlocked, locked; /* paths of items */
    struct list paths;            /* both, for what works on all */
    char *collection;             /* for new items; NULL until it was looked for */
    struct secret *loaded;
    struct keyring_items items;
};

typedef bool work_function(struct task *task, struct error *err);

/* ---- finding ---- */

static bool fail_without_collection(struct error *err)
{
    error_set(err, ERROR_STORE_UNAVAILABLE, "the keyring service has no default keyring");
    return error_hint(err,
                      "create one with the desktop's keyring or password manager and make it the default, "
                      "or keep the session in a file: logto login --store file");
}

/* Makes the collection for new items if the user wants it. */
static bool offer_collection(struct task *task, struct error *err)
{
    const struct store_settings *settings = task->settings;

    return task->creates_collection && settings->confirm &&
                   settings->confirm(settings->data, "There is no default keyring yet. Create one?")
               ? keyring_create_collection(task->service, &task->collection, err)
               : fail_without_collection(err);
}

static bool find_collection(struct task *task, struct error *err)
{
    if (task->collection)
        return true;
    return keyring_default_collection(task->service, &task->collection, err) &&
           (task->collection || offer_collection(task, err));
}

/* The collection for new items; *locked says whether it was. */
static bool unlock_collection(struct task *task, bool *locked, struct error *err)
{
    _cleanup_list_ struct list paths = LIST_EMPTY;

    if (!find_collection(task, err) ||
        !keyring_collection_is_locked(task->service, task->collection, locked, err))
        return false;
    list_append(&paths, task->collection);
    return !*locked || keyring_unlock(task->service, &paths, err);
}

static bool search(struct task *task, struct error *err)
{
    return keyring_search(task->service, task->key, &task->unlocked, &task->locked, err);
}

/* A search may make the service ask the user to unlock first. */
static bool check_quietly(struct task *task, struct error *err)
{
    bool locked;

    if (!task->settings->quiet)
        return true;
    return keyring_default_collection(task->service, &task->collection, err) &&
           (!task->collection || unlock_collection(task, &locked, err));
}

/* Some services find nothing in what is locked: that nothing is there is certain only with it unlocked. */
static bool find(struct task *task, struct error *err)
{
    bool locked;

    if (!check_quietly(task, err) || !search(task, err))
        return false;
    if (task->unlocked.count + task->locked.count > 0)
        return true;
    return unlock_collection(task, &locked, err) && (!locked || search(task, err));
}

/* The item that is read and written, unlocked; *item stays empty when there is none. */
static bool find_item(struct task *task, struct list *item, struct error *err)
{
    if (!find(task, err))
        return false;
    if (task->unlocked.count > 0) {
        list_append(item, task->unlocked.items[0]);
        return true;
    }
    if (task->locked.count == 0)
        return true;
    list_append(item, task->locked.items[0]);
    return keyring_unlock(task->service, item, err);
}

/* ---- the operations ---- */

static bool load(struct task *task, struct error *err)
{
    _cleanup_list_ struct list item = LIST_EMPTY;

    return find_item(task, &item, err) &&
           (item.count == 0 || keyring_get_secrets(task->service, &item, &task->loaded, err));
}

/*
 * A service that got the key agreement wrong stores rubbish without noticing. A session is right when a
 * secret came through it; then what is stored is not overwritten through one that isn't.
 */
static bool prove_session(struct task *task, const struct list *item, struct error *err)
{
    _cleanup_secret_ struct secret *ignored = NULL;

    return keyring_session_is_proven(task->service) ||
           keyring_get_secrets(task->service, item, &ignored, err);
}

static bool prepare(struct task *task, struct error *err)
{
    _cleanup_list_ struct list item = LIST_EMPTY;

    return find_item(task, &item, err) &&
           (item.count > 0 ? prove_session(task, &item, err) : keyring_open_session(task->service, err));
}

static bool create(struct task *task, struct list *item, struct error *err)
{
    _cleanup_free_ char *path = NULL;

    if (!find_collection(task, err) ||
        !keyring_create_item(task->service, task->collection, task->key, task->value, &path, err))
        return false;
    FAULT_POINT("item_created");
    list_append(item, path);
    return true;
}

static bool save(struct task *task, struct error *err)
{
    _cleanup_list_ struct list item = LIST_EMPTY;

    if (!find_item(task, &item, err))
        return false;
    if (item.count == 0)
        return create(task, &item, err) && prove_session(task, &item, err);
    return prove_session(task, &item, err) &&
           keyring_set_secret(task->service, item.items[0], task->value, err);
}

static bool unlock_found(struct task *task, struct error *err)
{
    return task->locked.count == 0 || keyring_unlock(task->service, &task->locked, err);
}

static bool delete_items(struct task *task, const struct list *paths, struct error *err)
{
    for (size_t i = 0; i < paths->count; i++)
        if (!keyring_delete_item(task->service, paths->items[i], err))
            return false;
    return true;
}

static bool remove_items(struct task *task, struct error *err)
{
    return find(task, err) && unlock_found(task, err) && delete_items(task, &task->unlocked, err) &&
           delete_items(task, &task->locked, err);
}

/* ---- all of them ---- */

static bool find_all(struct task *task, struct error *err)
{
    if (!find(task, err))
        return false;
    for (size_t i = 0; i < task->unlocked.count; i++)
        list_append(&task->paths, task->unlocked.items[i]);
    for (size_t i = 0; i < task->locked.count; i++)
        list_append(&task->paths, task->locked.items[i]);
    return true;
}

static bool read_keys(struct task *task, struct error *err)
{
    return keyring_items_read_keys(&task->items, task->service, &task->paths, err);
}

/* Some services tell of a locked item what it is, others don't. */
static bool list_keys(struct task *task, struct error *err)
{
    if (!find_all(task, err))
        return false;
    keyring_items_start(&task->items, task->paths.count);
    if (!read_keys(task, err))
        return false;
    return task->locked.count == 0 || keyring_items_are_known(&task->items) ||
           (unlock_found(task, err) && read_keys(task, err));
}

static bool load_all(struct task *task, struct error *err)
{
    if (!find_all(task, err) || !unlock_found(task, err))
        return false;
    keyring_items_start(&task->items, task->paths.count);
    if (!keyring_items_read_secrets(&task->items, task->service, &task->paths, err))
        return false;
    return keyring_items_identify(&task->items, task->settings) || read_keys(task, err);
}

/* ---- the interface ---- */

static void forget_findings(struct task *task)
{
    keyring_items_release(&task->items);
    list_release(&task->unlocked);
    list_release(&task->locked);
    list_release(&task->paths);
    free(task->collection);
    task->collection = NULL;
}

/* D-Bus takes nothing else. */
static bool check_key(const struct store_key *key, struct error *err)
{
    return !key ||
           (utf8_is_valid(key->profile) && utf8_is_valid(key->issuer) && utf8_is_valid(key->app_id)) ||
           error_set(err, ERROR_CONFIG, "profile, issuer and app id must be UTF-8");
}

/* Each attempt starts afresh, since a service that fails may have been replaced by another. */
static bool perform(struct store *store, work_function *work, struct task *task, struct error *err)
{
    struct store_keyring *self = (struct store_keyring *)store;
    struct error why;
    bool ok;

    if (!err)
        err = &why;
    if (!check_key(task->key, err) || !keyring_service_begin(self->service, err))
        return false;
    task->settings = &self->settings;
    task->service = self->service;
    while (!(ok = work(task, err)) && keyring_service_renew(self->service))
        forget_findings(task);
    keyring_service_end(self->service);
    return ok;
}

/* For what has no result but success. */
static bool perform_alone(struct store *store, work_function *work, struct task task, struct error *err)
{
    bool ok = perform(store, work, &task, err);

    forget_findings(&task);
    return ok;
}

/* Reads everything, once; a failure stays one, so that the user is asked only once. */
static bool take_snapshot(struct store *store, struct error *err)
{
    struct snapshot *snapshot = &((struct store_keyring *)store)->snapshot;
    struct task task = {.key = NULL};

    if (!snapshot->taken) {
        snapshot->failed = !perform(store, load_all, &task, &snapshot->why);
        snapshot->taken = true;
        snapshot->items = task.items;
        task.items = (struct keyring_items){NULL, 0};
        forget_findings(&task);
    }
    if (snapshot->failed && err)
        *err = snapshot->why;
    return !snapshot->failed;
}

static bool load_from_snapshot(struct store *store, const struct store_key *key, struct secret **out,
                               struct error *err)
{
    if (!check_key(key, err) || !take_snapshot(store, err))
        return false;
    *out = keyring_items_find(&((struct store_keyring *)store)->snapshot.items, key);
    return true;
}

static bool keyring_load(struct store *store, const struct store_key *key, struct secret **out,
                         struct error *err)
{
    struct task task = {.key = key};
    bool ok;

    if (((struct store_keyring *)store)->settings.reads_all)
        return load_from_snapshot(store, key, out, err);
    ok = perform(store, load, &task, err);
    if (ok)
        *out = task.loaded;
    forget_findings(&task);
    return ok;
}

static bool keyring_save(struct store *store, const struct store_key *key, const struct secret *value,
                         struct error *err)
{
    return perform_alone(store, save, (struct task){.key = key, .value = value}, err);
}

static bool keyring_remove(struct store *store, const struct store_key *key, struct error *err)
{
    return perform_alone(store, remove_items, (struct task){.key = key}, err);
}

static bool keyring_prepare(struct store *store, const struct store_key *key, struct error *err)
{
    return perform_alone(store, prepare, (struct task){.key = key, .creates_collection = true}, err);
}

static bool keyring_list(struct store *store, void (*found)(void *data, const struct store_key *key),
                         void *data, struct error *err)
{
    struct store_keyring *self = (struct store_keyring *)store;
    struct task task = {.key = NULL};
    bool ok = self->settings.reads_all ? take_snapshot(store, err) : perform(store, list_keys, &task, err);

    if (ok)
        keyring_items_hand_over(self->settings.reads_all ? &self->snapshot.items : &task.items, found, data);
    forget_findings(&task);
    return ok;
}

static void keyring_close(struct store *store)
{
    struct store_keyring *self = (struct store_keyring *)store;

    keyring_items_release(&self->snapshot.items);
    keyring_service_free(self->service);
    free(self);
}

struct store *store_keyring_open(const struct store_settings *settings)
{
    struct store_keyring *self = memory_allocate(1, sizeof(*self));

    self->store = (struct store){keyring_load,    keyring_save, keyring_remove,
                                 keyring_prepare, keyring_list, keyring_close};
    self->settings = *settings;
    self->service = keyring_service_new(&self->settings);
    return &self->store;
}
