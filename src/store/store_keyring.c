#include "store/store.h"

#include "base/library.h"

#include <libsecret/secret.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Macros of the same name, in one version of GLib or another, would get in the way. */
#undef g_object_ref
#undef g_free
#undef g_str_equal

/*
 * libsecret's own _sync functions wait for the service's prompt for ever. The asynchronous ones on a private
 * main context do the same work and can be cancelled when the time is up.
 *
 * These are called as lib.secret_service_get(…).
 */
/* clang-format off */
#define EACH_FUNCTION(use) \
    use(secret_service_get) use(secret_service_get_finish) \
    use(secret_service_lookup) use(secret_service_lookup_finish) \
    use(secret_service_store) use(secret_service_store_finish) \
    use(secret_service_clear) use(secret_service_clear_finish) \
    use(secret_service_search) use(secret_service_search_finish) \
    use(secret_item_get_attributes) use(g_hash_table_lookup) use(secret_value_new) use(secret_value_get) use(secret_value_unref) use(secret_error_get_quark) \
    use(g_main_context_new) use(g_main_context_push_thread_default) use(g_main_context_pop_thread_default) \
    use(g_main_context_iteration) use(g_main_context_unref) \
    use(g_timeout_source_new) use(g_source_set_callback) use(g_source_attach) use(g_source_destroy) \
    use(g_source_unref) \
    use(g_cancellable_new) use(g_cancellable_cancel) use(g_cancellable_is_cancelled) \
    use(g_object_ref) use(g_object_unref) \
    use(g_error_free) use(g_dbus_error_get_remote_error) use(g_free) \
    use(g_hash_table_new) use(g_hash_table_insert) use(g_hash_table_unref) use(g_list_free_full) \
    use(g_str_hash) use(g_str_equal)
/* clang-format on */

#define AS_POINTER(name) __typeof__(name) *(name);
#define AS_SYMBOL(name) {#name, &lib.name},

static struct {
    EACH_FUNCTION(AS_POINTER)
} lib;

static const SecretSchema schema = {
    .name = "logto-cli.Session",
    /*
     * Of a keyring that it has not opened yet gnome-keyring knows hashed attributes only, and finds nothing
     * by the schema's name there: a locked session would look like none. So an attribute of its own says
     * whose it is.
     */
    .flags = SECRET_SCHEMA_DONT_MATCH_NAME,
    .attributes = {{"application", SECRET_SCHEMA_ATTRIBUTE_STRING},
                   {"profile", SECRET_SCHEMA_ATTRIBUTE_STRING},
                   {"issuer", SECRET_SCHEMA_ATTRIBUTE_STRING},
                   {"app_id", SECRET_SCHEMA_ATTRIBUTE_STRING}},
};

struct store_keyring {
    struct store store;
    int timeout; /* ms */
    GMainContext *context;
    SecretService *service; /* NULL until the first call */
};

/* One asynchronous libsecret call, from begin() to end(). */
struct call {
    struct store_keyring *keyring;
    GCancellable *cancellable;
    GSource *timer;
    GAsyncResult *result; /* owned, set when the call has completed */
};

static bool load_libsecret(struct error *err)
{
    static const struct library_symbol symbols[] = {EACH_FUNCTION(AS_SYMBOL)};

    return lib.g_str_equal ||
           library_open("libsecret-1.so.0", "libsecret-1-0", symbols, ARRAY_SIZE(symbols), err);
}

static void on_ready(GObject *source, GAsyncResult *result, gpointer data)
{
    struct call *call = data;

    (void)source;
    call->result = lib.g_object_ref(result);
}

static gboolean on_timeout(gpointer data)
{
    struct call *call = data;

    lib.g_cancellable_cancel(call->cancellable);
    return FALSE;
}

static struct call begin(struct store_keyring *self)
{
    return (struct call){.keyring = self, .cancellable = lib.g_cancellable_new()};
}

/* Runs the main context until the call has completed, which the timeout makes it do. */
static GAsyncResult *complete(struct call *call)
{
    struct store_keyring *self = call->keyring;

    call->timer = lib.g_timeout_source_new((guint)self->timeout);
    lib.g_source_set_callback(call->timer, on_timeout, call, NULL);
    lib.g_source_attach(call->timer, self->context);
    while (!call->result)
        lib.g_main_context_iteration(self->context, TRUE);
    lib.g_source_destroy(call->timer);
    return call->result;
}

static void end(struct call *call)
{
    if (call->result)
        lib.g_object_unref(call->result);
    if (call->timer)
        lib.g_source_unref(call->timer);
    lib.g_object_unref(call->cancellable);
}

static bool is_remote(const char *remote, const char *name)
{
    return remote && strcmp(remote, name) == 0;
}

static bool fail_locked(struct error *err)
{
    error_set(err, ERROR_STORE_LOCKED, "the keyring is locked and was not unlocked");
    return error_hint(err,
                      "unlock it (log in to the desktop, or open \"Passwords and Keys\"), then try again");
}

static bool fail_remote(const char *remote, const GError *error, struct error *err)
{
    if (is_remote(remote, "org.freedesktop.Secret.Error.IsLocked"))
        return fail_locked(err);
    if (is_remote(remote, "org.freedesktop.DBus.Error.AccessDenied"))
        return error_set(err, ERROR_STORE_UNAVAILABLE, "the keyring refused access: %s", error->message);
    if (is_remote(remote, "org.freedesktop.DBus.Error.ServiceUnknown") ||
        strncmp(remote, "org.freedesktop.DBus.Error.Spawn.", strlen("org.freedesktop.DBus.Error.Spawn.")) ==
            0) {
        error_set(err, ERROR_STORE_UNAVAILABLE, "no keyring service runs here (Secret Service on D-Bus)");
        return error_hint(err, "install and start one: gnome-keyring, KWallet or KeePassXC");
    }
    if (is_remote(remote, "org.freedesktop.DBus.Error.NoReply") ||
        is_remote(remote, "org.freedesktop.DBus.Error.Timeout"))
        return error_set(err, ERROR_STORE_UNAVAILABLE, "the keyring did not answer");
    return error_set(err, ERROR_STORE_UNAVAILABLE, "the keyring failed: %s", error->message);
}

static bool fail_silent(const struct store_keyring *self, struct error *err)
{
    error_set(err, ERROR_STORE_UNAVAILABLE, "the keyring did not answer within %d seconds",
              self->timeout / 1000);
    return error_hint(err, "is it waiting for you to unlock it? Unlock it and try again");
}

/* Turns a GError into ours and frees it. Always false. */
static bool fail(const struct call *call, GError *error, struct error *err)
{
    gchar *remote = lib.g_dbus_error_get_remote_error(error);

    if (lib.g_cancellable_is_cancelled(call->cancellable)) {
        fail_silent(call->keyring, err);
    } else if (remote) {
        fail_remote(remote, error, err);
    } else if (error->domain == lib.secret_error_get_quark() && error->code == SECRET_ERROR_IS_LOCKED) {
        fail_locked(err);
    } else if (!call->keyring->service) {
        error_set(err, ERROR_STORE_UNAVAILABLE, "no D-Bus session to reach a keyring through: %s",
                  error->message);
        error_hint(err, "work in a desktop session, or start one with 'dbus-run-session'");
    } else {
        error_set(err, ERROR_STORE_UNAVAILABLE, "the keyring failed: %s", error->message);
    }
    lib.g_free(remote);
    lib.g_error_free(error);
    return false;
}

/* Connects to the service on first use. */
static bool connect_service(struct store_keyring *self, struct error *err)
{
    struct call call;
    GError *error = NULL;
    SecretService *service;

    if (self->service)
        return true;
    if (!load_libsecret(err))
        return false;
    if (!self->context)
        self->context = lib.g_main_context_new();
    lib.g_main_context_push_thread_default(self->context);
    call = begin(self);
    lib.secret_service_get(SECRET_SERVICE_NONE, call.cancellable, on_ready, &call);
    service = lib.secret_service_get_finish(complete(&call), &error);
    if (!service)
        fail(&call, error, err);
    end(&call);
    lib.g_main_context_pop_thread_default(self->context);
    self->service = service;
    return service != NULL;
}

/* The table only reads what it is given, but GLib's prototype doesn't say so. */
static void insert(GHashTable *table, const char *name, const char *value)
{
    lib.g_hash_table_insert(table, (gpointer)(uintptr_t)name, (gpointer)(uintptr_t)value);
}

static GHashTable *make_attributes(const struct store_key *key)
{
    GHashTable *attributes = lib.g_hash_table_new(lib.g_str_hash, lib.g_str_equal);

    insert(attributes, "application", "logto-cli");
    insert(attributes, "profile", key->profile);
    insert(attributes, "issuer", key->issuer);
    insert(attributes, "app_id", key->app_id);
    return attributes;
}

/*
 * libsecret answers "nothing" both when there is no item and when the user dismissed the unlock prompt. A
 * search without unlocking tells the two apart: an item that still exists is a locked one.
 */
static bool check_absent(struct store_keyring *self, GHashTable *attributes, struct error *err)
{
    struct call call = begin(self);
    GError *error = NULL;
    GList *items;
    bool ok;

    lib.secret_service_search(self->service, &schema, attributes, SECRET_SEARCH_ALL, call.cancellable,
                              on_ready, &call);
    items = lib.secret_service_search_finish(self->service, complete(&call), &error);
    if (error)
        ok = fail(&call, error, err);
    else
        ok = !items || fail_locked(err);
    lib.g_list_free_full(items, lib.g_object_unref);
    end(&call);
    return ok;
}

static bool lookup(struct store_keyring *self, GHashTable *attributes, struct secret **out, struct error *err)
{
    struct call call = begin(self);
    GError *error = NULL;
    SecretValue *value;
    gsize length;
    bool ok = true;

    lib.secret_service_lookup(self->service, &schema, attributes, call.cancellable, on_ready, &call);
    value = lib.secret_service_lookup_finish(self->service, complete(&call), &error);
    if (value) {
        const gchar *text = lib.secret_value_get(value, &length);

        *out = secret_new(text, length);
        lib.secret_value_unref(value);
    } else if (error) {
        ok = fail(&call, error, err);
    } else {
        ok = check_absent(self, attributes, err);
        if (ok)
            *out = NULL;
    }
    end(&call);
    return ok;
}

static bool store_value(struct store_keyring *self, GHashTable *attributes, const char *label,
                        const struct secret *value, struct error *err)
{
    struct call call = begin(self);
    GError *error = NULL;
    SecretValue *wrapped = lib.secret_value_new(secret_text(value), (gssize)secret_length(value),
                                                "application/json");
    bool ok;

    lib.secret_service_store(self->service, &schema, attributes, SECRET_COLLECTION_DEFAULT, label, wrapped,
                             call.cancellable, on_ready, &call);
    ok = lib.secret_service_store_finish(self->service, complete(&call), &error);
    if (error)
        ok = fail(&call, error, err);
    else if (!ok)
        ok = fail_locked(err); /* no error and nothing stored: the prompt was dismissed */
    lib.secret_value_unref(wrapped);
    end(&call);
    return ok;
}

static bool clear(struct store_keyring *self, GHashTable *attributes, struct error *err)
{
    struct call call = begin(self);
    GError *error = NULL;
    bool ok;

    lib.secret_service_clear(self->service, &schema, attributes, call.cancellable, on_ready, &call);
    lib.secret_service_clear_finish(self->service, complete(&call), &error);
    ok = error ? fail(&call, error, err) : check_absent(self, attributes, err);
    end(&call);
    return ok;
}

/*
 * What each of the three operations needs: the service, its main context, and the item's attributes. NULL
 * on failure.
 */
static GHashTable *enter(struct store_keyring *self, const struct store_key *key, struct error *err)
{
    if (!connect_service(self, err))
        return NULL;
    lib.g_main_context_push_thread_default(self->context);
    return make_attributes(key);
}

/* Returns `ok`, so that an operation can end in it. */
static bool leave(struct store_keyring *self, GHashTable *attributes, bool ok)
{
    lib.g_hash_table_unref(attributes);
    lib.g_main_context_pop_thread_default(self->context);
    return ok;
}

static bool keyring_load(struct store *store, const struct store_key *key, struct secret **out,
                         struct error *err)
{
    struct store_keyring *self = (struct store_keyring *)store;
    GHashTable *attributes = enter(self, key, err);

    return attributes && leave(self, attributes, lookup(self, attributes, out, err));
}

static bool keyring_save(struct store *store, const struct store_key *key, const struct secret *value,
                         struct error *err)
{
    struct store_keyring *self = (struct store_keyring *)store;
    _cleanup_free_ char *label = memory_format("Logto session '%s' at %s", key->profile, key->issuer);
    GHashTable *attributes = enter(self, key, err);

    return attributes && leave(self, attributes, store_value(self, attributes, label, value, err));
}

static bool keyring_remove(struct store *store, const struct store_key *key, struct error *err)
{
    struct store_keyring *self = (struct store_keyring *)store;
    GHashTable *attributes = enter(self, key, err);

    return attributes && leave(self, attributes, clear(self, attributes, err));
}

static bool keyring_prepare(struct store *store, const struct store_key *key, struct error *err)
{
    _cleanup_secret_ struct secret *ignored = NULL;

    return keyring_load(store, key, &ignored, err);
}

static void hand_over(GList *items, void (*found)(void *data, const struct store_key *key), void *data)
{
    for (; items; items = items->next) {
        GHashTable *attributes = lib.secret_item_get_attributes(items->data);
        struct store_key key = {lib.g_hash_table_lookup(attributes, "profile"),
                                lib.g_hash_table_lookup(attributes, "issuer"),
                                lib.g_hash_table_lookup(attributes, "app_id")};

        if (key.profile && key.issuer && key.app_id)
            found(data, &key);
        lib.g_hash_table_unref(attributes);
    }
}

static bool keyring_list(struct store *store, void (*found)(void *data, const struct store_key *key),
                         void *data, struct error *err)
{
    struct store_keyring *self = (struct store_keyring *)store;
    GHashTable *attributes;
    GError *error = NULL;
    GList *items;
    struct call call;
    bool ok = true;

    if (!connect_service(self, err))
        return false;
    lib.g_main_context_push_thread_default(self->context);
    attributes = lib.g_hash_table_new(lib.g_str_hash, lib.g_str_equal);
    insert(attributes, "application", "logto-cli");
    call = begin(self);
    lib.secret_service_search(self->service, &schema, attributes, SECRET_SEARCH_ALL, call.cancellable,
                              on_ready, &call);
    items = lib.secret_service_search_finish(self->service, complete(&call), &error);
    if (error)
        ok = fail(&call, error, err);
    else
        hand_over(items, found, data);
    lib.g_list_free_full(items, lib.g_object_unref);
    end(&call);
    return leave(self, attributes, ok);
}

static void keyring_close(struct store *store)
{
    struct store_keyring *self = (struct store_keyring *)store;

    if (self->service)
        lib.g_object_unref(self->service);
    if (self->context) {
        /* What a failed or cancelled call left to be freed is freed by the context. */
        while (lib.g_main_context_iteration(self->context, FALSE))
            ;
        lib.g_main_context_unref(self->context);
    }
    free(self);
}

struct store *store_keyring_open(const struct store_settings *settings)
{
    struct store_keyring *self = memory_allocate(1, sizeof(*self));

    self->store = (struct store){keyring_load,    keyring_save, keyring_remove,
                                 keyring_prepare, keyring_list, keyring_close};
    self->timeout = settings->timeout;
    return &self->store;
}
