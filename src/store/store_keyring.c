#include "store/store.h"

#include "base/library.h"

#include <libsecret/secret.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * libsecret's own _sync functions wait for the service's prompt for ever. The asynchronous ones on a private
 * main context do the same work and can be cancelled when patience ends.
 */
static struct {
    /* libsecret */
    void (*service_get)(SecretServiceFlags, GCancellable *, GAsyncReadyCallback, gpointer);
    SecretService *(*service_get_finish)(GAsyncResult *, GError **);
    void (*lookup)(SecretService *, const SecretSchema *, GHashTable *, GCancellable *, GAsyncReadyCallback,
                   gpointer);
    SecretValue *(*lookup_finish)(SecretService *, GAsyncResult *, GError **);
    void (*store)(SecretService *, const SecretSchema *, GHashTable *, const gchar *, const gchar *,
                  SecretValue *, GCancellable *, GAsyncReadyCallback, gpointer);
    gboolean (*store_finish)(SecretService *, GAsyncResult *, GError **);
    void (*clear)(SecretService *, const SecretSchema *, GHashTable *, GCancellable *, GAsyncReadyCallback,
                  gpointer);
    gboolean (*clear_finish)(SecretService *, GAsyncResult *, GError **);
    void (*search)(SecretService *, const SecretSchema *, GHashTable *, SecretSearchFlags, GCancellable *,
                   GAsyncReadyCallback, gpointer);
    GList *(*search_finish)(SecretService *, GAsyncResult *, GError **);
    SecretValue *(*value_new)(const gchar *, gssize, const gchar *);
    const gchar *(*value_get)(SecretValue *, gsize *);
    void (*value_unref)(gpointer);
    GQuark (*error_quark)(void);
    /* GLib */
    GMainContext *(*context_new)(void);
    void (*context_push)(GMainContext *);
    void (*context_pop)(GMainContext *);
    gboolean (*context_iteration)(GMainContext *, gboolean);
    void (*context_unref)(GMainContext *);
    GSource *(*timeout_new)(guint);
    void (*source_set_callback)(GSource *, GSourceFunc, gpointer, GDestroyNotify);
    guint (*source_attach)(GSource *, GMainContext *);
    void (*source_destroy)(GSource *);
    void (*source_unref)(GSource *);
    GCancellable *(*cancellable_new)(void);
    void (*cancellable_cancel)(GCancellable *);
    gboolean (*cancellable_is_cancelled)(GCancellable *);
    gpointer (*object_ref)(gpointer);
    void (*object_unref)(gpointer);
    void (*error_free)(GError *);
    gchar *(*remote_error)(const GError *);
    void (*free)(gpointer);
    GHashTable *(*table_new)(GHashFunc, GEqualFunc);
    gboolean (*table_insert)(GHashTable *, gpointer, gpointer);
    void (*table_unref)(GHashTable *);
    void (*list_free_full)(GList *, GDestroyNotify);
    guint (*str_hash)(gconstpointer);
    gboolean (*str_equal)(gconstpointer, gconstpointer);
} lib;

static const SecretSchema schema = {
    .name = "logto-cli.Session",
    .flags = SECRET_SCHEMA_NONE,
    .attributes = {{"profile", SECRET_SCHEMA_ATTRIBUTE_STRING},
                   {"issuer", SECRET_SCHEMA_ATTRIBUTE_STRING},
                   {"app_id", SECRET_SCHEMA_ATTRIBUTE_STRING}},
};

struct store_keyring {
    struct store store;
    int patience; /* ms */
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
    static const struct library_symbol symbols[] = {
        {"secret_service_get", &lib.service_get},
        {"secret_service_get_finish", &lib.service_get_finish},
        {"secret_service_lookup", &lib.lookup},
        {"secret_service_lookup_finish", &lib.lookup_finish},
        {"secret_service_store", &lib.store},
        {"secret_service_store_finish", &lib.store_finish},
        {"secret_service_clear", &lib.clear},
        {"secret_service_clear_finish", &lib.clear_finish},
        {"secret_service_search", &lib.search},
        {"secret_service_search_finish", &lib.search_finish},
        {"secret_value_new", &lib.value_new},
        {"secret_value_get", &lib.value_get},
        {"secret_value_unref", &lib.value_unref},
        {"secret_error_get_quark", &lib.error_quark},
        {"g_main_context_new", &lib.context_new},
        {"g_main_context_push_thread_default", &lib.context_push},
        {"g_main_context_pop_thread_default", &lib.context_pop},
        {"g_main_context_iteration", &lib.context_iteration},
        {"g_main_context_unref", &lib.context_unref},
        {"g_timeout_source_new", &lib.timeout_new},
        {"g_source_set_callback", &lib.source_set_callback},
        {"g_source_attach", &lib.source_attach},
        {"g_source_destroy", &lib.source_destroy},
        {"g_source_unref", &lib.source_unref},
        {"g_cancellable_new", &lib.cancellable_new},
        {"g_cancellable_cancel", &lib.cancellable_cancel},
        {"g_cancellable_is_cancelled", &lib.cancellable_is_cancelled},
        {"g_object_ref", &lib.object_ref},
        {"g_object_unref", &lib.object_unref},
        {"g_error_free", &lib.error_free},
        {"g_dbus_error_get_remote_error", &lib.remote_error},
        {"g_free", &lib.free},
        {"g_hash_table_new", &lib.table_new},
        {"g_hash_table_insert", &lib.table_insert},
        {"g_hash_table_unref", &lib.table_unref},
        {"g_list_free_full", &lib.list_free_full},
        {"g_str_hash", &lib.str_hash},
        {"g_str_equal", &lib.str_equal},
    };

    return lib.str_equal ||
           library_open("libsecret-1.so.0", "libsecret-1-0", symbols, ARRAY_SIZE(symbols), err);
}

static void on_ready(GObject *source, GAsyncResult *result, gpointer data)
{
    struct call *call = data;

    (void)source;
    call->result = lib.object_ref(result);
}

static gboolean on_timeout(gpointer data)
{
    struct call *call = data;

    lib.cancellable_cancel(call->cancellable);
    return FALSE;
}

static struct call begin(struct store_keyring *self)
{
    return (struct call){.keyring = self, .cancellable = lib.cancellable_new()};
}

/* Runs the main context until the call has completed, which patience's end makes it do. */
static GAsyncResult *complete(struct call *call)
{
    struct store_keyring *self = call->keyring;

    call->timer = lib.timeout_new((guint)self->patience);
    lib.source_set_callback(call->timer, on_timeout, call, NULL);
    lib.source_attach(call->timer, self->context);
    while (!call->result)
        lib.context_iteration(self->context, TRUE);
    lib.source_destroy(call->timer);
    return call->result;
}

static void end(struct call *call)
{
    if (call->result)
        lib.object_unref(call->result);
    if (call->timer)
        lib.source_unref(call->timer);
    lib.object_unref(call->cancellable);
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
              self->patience / 1000);
    return error_hint(err, "is it waiting for you to unlock it? Unlock it and try again");
}

/* Turns a GError into ours and frees it. Always false. */
static bool fail(const struct call *call, GError *error, struct error *err)
{
    gchar *remote = lib.remote_error(error);

    if (lib.cancellable_is_cancelled(call->cancellable)) {
        fail_silent(call->keyring, err);
    } else if (remote) {
        fail_remote(remote, error, err);
    } else if (error->domain == lib.error_quark() && error->code == SECRET_ERROR_IS_LOCKED) {
        fail_locked(err);
    } else if (!call->keyring->service) {
        error_set(err, ERROR_STORE_UNAVAILABLE, "no D-Bus session to reach a keyring through: %s",
                  error->message);
        error_hint(err, "work in a desktop session, or start one with 'dbus-run-session'");
    } else {
        error_set(err, ERROR_STORE_UNAVAILABLE, "the keyring failed: %s", error->message);
    }
    lib.free(remote);
    lib.error_free(error);
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
        self->context = lib.context_new();
    lib.context_push(self->context);
    call = begin(self);
    lib.service_get(SECRET_SERVICE_NONE, call.cancellable, on_ready, &call);
    service = lib.service_get_finish(complete(&call), &error);
    if (!service)
        fail(&call, error, err);
    end(&call);
    lib.context_pop(self->context);
    self->service = service;
    return service != NULL;
}

/* The table only reads what it is given, but GLib's prototype doesn't say so. */
static void insert(GHashTable *table, const char *name, const char *value)
{
    lib.table_insert(table, (gpointer)(uintptr_t)name, (gpointer)(uintptr_t)value);
}

static GHashTable *make_attributes(const struct store_key *key)
{
    GHashTable *attributes = lib.table_new(lib.str_hash, lib.str_equal);

    insert(attributes, "profile", key->profile);
    insert(attributes, "issuer", key->issuer);
    insert(attributes, "app_id", key->app_id);
    return attributes;
}

/*
 * libsecret answers "nothing" both when there is no item and when the person dismissed the unlock prompt. A
 * search without unlocking tells the two apart: an item that still exists is a locked one.
 */
static bool check_absent(struct store_keyring *self, GHashTable *attributes, struct error *err)
{
    struct call call = begin(self);
    GError *error = NULL;
    GList *items;
    bool ok;

    lib.search(self->service, &schema, attributes, SECRET_SEARCH_ALL, call.cancellable, on_ready, &call);
    items = lib.search_finish(self->service, complete(&call), &error);
    if (error)
        ok = fail(&call, error, err);
    else
        ok = !items || fail_locked(err);
    lib.list_free_full(items, lib.object_unref);
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

    lib.lookup(self->service, &schema, attributes, call.cancellable, on_ready, &call);
    value = lib.lookup_finish(self->service, complete(&call), &error);
    if (value) {
        const gchar *text = lib.value_get(value, &length);

        *out = secret_new(text, length);
        lib.value_unref(value);
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
    SecretValue *wrapped = lib.value_new(secret_text(value), (gssize)secret_length(value),
                                         "application/json");
    bool ok;

    lib.store(self->service, &schema, attributes, SECRET_COLLECTION_DEFAULT, label, wrapped, call.cancellable,
              on_ready, &call);
    ok = lib.store_finish(self->service, complete(&call), &error);
    if (error)
        ok = fail(&call, error, err);
    else if (!ok)
        ok = fail_locked(err); /* no error and nothing stored: the prompt was dismissed */
    lib.value_unref(wrapped);
    end(&call);
    return ok;
}

static bool clear(struct store_keyring *self, GHashTable *attributes, struct error *err)
{
    struct call call = begin(self);
    GError *error = NULL;
    bool ok;

    lib.clear(self->service, &schema, attributes, call.cancellable, on_ready, &call);
    lib.clear_finish(self->service, complete(&call), &error);
    ok = error ? fail(&call, error, err) : check_absent(self, attributes, err);
    end(&call);
    return ok;
}

static bool keyring_load(struct store *store, const struct store_key *key, struct secret **out,
                         struct error *err)
{
    struct store_keyring *self = (struct store_keyring *)store;
    GHashTable *attributes;
    bool ok;

    if (!connect_service(self, err))
        return false;
    lib.context_push(self->context);
    attributes = make_attributes(key);
    ok = lookup(self, attributes, out, err);
    lib.table_unref(attributes);
    lib.context_pop(self->context);
    return ok;
}

static bool keyring_save(struct store *store, const struct store_key *key, const struct secret *value,
                         struct error *err)
{
    struct store_keyring *self = (struct store_keyring *)store;
    _cleanup_free_ char *label = memory_format("Logto session '%s' at %s", key->profile, key->issuer);
    GHashTable *attributes;
    bool ok;

    if (!connect_service(self, err))
        return false;
    lib.context_push(self->context);
    attributes = make_attributes(key);
    ok = store_value(self, attributes, label, value, err);
    lib.table_unref(attributes);
    lib.context_pop(self->context);
    return ok;
}

static bool keyring_remove(struct store *store, const struct store_key *key, struct error *err)
{
    struct store_keyring *self = (struct store_keyring *)store;
    GHashTable *attributes;
    bool ok;

    if (!connect_service(self, err))
        return false;
    lib.context_push(self->context);
    attributes = make_attributes(key);
    ok = clear(self, attributes, err);
    lib.table_unref(attributes);
    lib.context_pop(self->context);
    return ok;
}

static void keyring_close(struct store *store)
{
    struct store_keyring *self = (struct store_keyring *)store;

    if (self->service)
        lib.object_unref(self->service);
    if (self->context)
        lib.context_unref(self->context);
    free(self);
}

struct store *store_keyring_open(int patience)
{
    struct store_keyring *self = memory_allocate(1, sizeof(*self));

    self->store = (struct store){"keyring", keyring_load, keyring_save, keyring_remove, keyring_close};
    self->patience = patience;
    return &self->store;
}
