#include "store/keyring_service.h"

#include "store/keyring_bus.h"
#include "store/keyring_session.h"

#include <stdlib.h>
#include <string.h>

#define COLLECTION "org.freedesktop.Secret.Collection"
#define ITEM "org.freedesktop.Secret.Item"
#define ATTEMPTS 3

/* What our items have in common. The schema is for other programs to show; searching goes by application. */
#define SCHEMA "logto-cli.Session"
#define APPLICATION "logto-cli"

struct keyring_service {
    struct keyring_bus bus;
    struct keyring_session session;
    int attempts; /* that the operation under way has had */
};

struct keyring_service *keyring_service_new(const struct store_settings *settings)
{
    struct keyring_service *service = memory_allocate(1, sizeof(*service));

    service->bus.settings = settings;
    return service;
}

void keyring_service_free(struct keyring_service *service)
{
    keyring_session_close(&service->session);
    keyring_bus_close(&service->bus);
    free(service);
}

/* What is known of a service that is gone or that may have failed for its session's sake is forgotten. */
static void reset(struct keyring_service *service)
{
    if (service->bus.stale || service->bus.lost) {
        keyring_session_close(&service->session);
        keyring_bus_reset(&service->bus);
    }
}

bool keyring_service_begin(struct keyring_service *service, struct error *err)
{
    service->attempts = 1;
    return keyring_bus_begin(&service->bus, err);
}

bool keyring_service_renew(struct keyring_service *service)
{
    bool again = service->bus.stale && service->attempts++ < ATTEMPTS;

    if (again)
        reset(service);
    return again;
}

void keyring_service_end(struct keyring_service *service)
{
    reset(service);
    keyring_bus_end(&service->bus);
}

/* ---- arguments and answers ---- */

static GVariant *call(struct keyring_service *service, const char *path, const char *interface,
                      const char *method, GVariant *arguments, const char *reply_type, struct error *err)
{
    return keyring_bus_call(&service->bus,
                            (struct keyring_call){path, interface, method, arguments, reply_type, NULL}, err);
}

static GVariant *make_paths(const struct list *paths)
{
    return lib.g_variant_new_objv((const gchar *const *)paths->items, (gssize)paths->count);
}

/* NULL: what all of ours have. `schema` is for what is stored. */
static GVariant *make_attributes(const struct store_key *key, bool schema)
{
    GVariantBuilder builder;

    lib.g_variant_builder_init(&builder, (const GVariantType *)"a{ss}");
    lib.g_variant_builder_add(&builder, "{ss}", "application", APPLICATION);
    if (schema)
        lib.g_variant_builder_add(&builder, "{ss}", "xdg:schema", SCHEMA);
    if (key) {
        lib.g_variant_builder_add(&builder, "{ss}", "profile", key->profile);
        lib.g_variant_builder_add(&builder, "{ss}", "issuer", key->issuer);
        lib.g_variant_builder_add(&builder, "{ss}", "app_id", key->app_id);
    }
    return lib.g_variant_builder_end(&builder);
}

/* The value, to be released by the caller; NULL on failure. */
static GVariant *get_property(struct keyring_service *service, const char *path, const char *interface,
                              const char *name, struct error *err)
{
    _cleanup_variant_ GVariant *reply = call(service, path, "org.freedesktop.DBus.Properties", "Get",
                                             lib.g_variant_new("(ss)", interface, name), "(v)", err);
    GVariant *value = NULL;

    if (reply)
        lib.g_variant_get(reply, "(v)", &value);
    return value;
}

static bool is_locked(struct keyring_service *service, const char *path, const char *interface, bool *locked,
                      struct error *err)
{
    _cleanup_variant_ GVariant *value = get_property(service, path, interface, "Locked", err);

    if (value)
        *locked = lib.g_variant_is_of_type(value, (const GVariantType *)"b") &&
                  lib.g_variant_get_boolean(value);
    return value != NULL;
}

static void append_paths(GVariant *paths, struct list *list)
{
    const gchar **strings = lib.g_variant_get_objv(paths, NULL);

    for (const gchar **string = strings; *string; string++)
        list_append(list, *string);
    lib.g_free(strings);
}

/* ---- finding and unlocking ---- */

bool keyring_search(struct keyring_service *service, const struct store_key *key, struct list *unlocked,
                    struct list *locked, struct error *err)
{
    _cleanup_variant_ GVariant *open = NULL;
    _cleanup_variant_ GVariant *closed = NULL;
    _cleanup_variant_ GVariant *reply = call(service, KEYRING_SERVICE_PATH, KEYRING_SERVICE, "SearchItems",
                                             lib.g_variant_new("(@a{ss})", make_attributes(key, false)),
                                             "(aoao)", err);

    if (!reply)
        return false;
    lib.g_variant_get(reply, "(@ao@ao)", &open, &closed);
    append_paths(open, unlocked);
    append_paths(closed, locked);
    return true;
}

bool keyring_unlock(struct keyring_service *service, const struct list *paths, struct error *err)
{
    _cleanup_variant_ GVariant *reply = NULL;
    const gchar *prompt;

    if (service->bus.settings->quiet)
        return keyring_fail_locked(err);
    reply = call(service, KEYRING_SERVICE_PATH, KEYRING_SERVICE, "Unlock",
                 lib.g_variant_new("(@ao)", make_paths(paths)), "(aoo)", err);
    if (!reply)
        return false;
    lib.g_variant_get(reply, "(@ao&o)", NULL, &prompt);
    return keyring_bus_prompt(&service->bus, prompt, NULL, err) ||
           error_context(err, "the keyring is locked");
}

/* ---- collections ---- */

bool keyring_default_collection(struct keyring_service *service, char **path, struct error *err)
{
    _cleanup_variant_ GVariant *reply = call(service, KEYRING_SERVICE_PATH, KEYRING_SERVICE, "ReadAlias",
                                             lib.g_variant_new("(s)", "default"), "(o)", err);
    const gchar *found;

    if (!reply)
        return false;
    lib.g_variant_get(reply, "(&o)", &found);
    *path = strcmp(found, "/") == 0 ? NULL : memory_duplicate(found);
    return true;
}

bool keyring_collection_is_locked(struct keyring_service *service, const char *path, bool *locked,
                                  struct error *err)
{
    return is_locked(service, path, COLLECTION, locked, err);
}

/* What a service made: at once, or when the user has answered its prompt. Of the type (oo). */
static bool take_created(struct keyring_service *service, GVariant *reply, char **path, struct error *err)
{
    _cleanup_variant_ GVariant *result = NULL;
    const gchar *created;
    const gchar *prompt;

    lib.g_variant_get(reply, "(&o&o)", &created, &prompt);
    if (!keyring_bus_prompt(&service->bus, prompt, &result, err))
        return false;
    if (result && lib.g_variant_is_of_type(result, (const GVariantType *)"o"))
        created = lib.g_variant_get_string(result, NULL);
    if (strcmp(created, "/") == 0)
        return keyring_fail_stale(&service->bus, "nothing was created", err);
    *path = memory_duplicate(created);
    return true;
}

bool keyring_create_collection(struct keyring_service *service, char **path, struct error *err)
{
    GVariantBuilder properties;
    _cleanup_variant_ GVariant *reply = NULL;

    lib.g_variant_builder_init(&properties, (const GVariantType *)"a{sv}");
    lib.g_variant_builder_add(&properties, "{sv}", COLLECTION ".Label", lib.g_variant_new("s", "Default"));
    reply = call(service, KEYRING_SERVICE_PATH, KEYRING_SERVICE, "CreateCollection",
                 lib.g_variant_new("(@a{sv}s)", lib.g_variant_builder_end(&properties), "default"), "(oo)",
                 err);
    return reply && take_created(service, reply, path, err);
}

/* ---- secrets ---- */

bool keyring_open_session(struct keyring_service *service, struct error *err)
{
    return keyring_session_open(&service->session, &service->bus, err);
}

bool keyring_session_is_proven(const struct keyring_service *service)
{
    return service->session.proven;
}

/* The service says that an item is locked, or returns nothing for it: it is asked which it is. */
static bool fail_unreadable(struct keyring_service *service, const char *path, struct error *err)
{
    bool locked;

    if (!is_locked(service, path, ITEM, &locked, err))
        return false;
    return locked
               ? keyring_fail_locked(err)
               : keyring_fail_stale(&service->bus, "it does not return the secret of an unlocked item", err);
}

static bool take_secret(struct keyring_service *service, GVariant *secrets, const char *path,
                        struct secret **out, struct error *err)
{
    _cleanup_variant_ GVariant *encoded = lib.g_variant_lookup_value(secrets, path, NULL);

    if (!encoded)
        return fail_unreadable(service, path, err);
    *out = keyring_session_decode(&service->session, encoded);
    return *out || keyring_fail_stale(&service->bus, "its answer cannot be decrypted", err);
}

static bool take_secrets(struct keyring_service *service, GVariant *secrets, const struct list *paths,
                         struct secret **values, struct error *err)
{
    size_t taken = 0;

    while (taken < paths->count && take_secret(service, secrets, paths->items[taken], &values[taken], err))
        taken++;
    if (taken == paths->count)
        return true;
    while (taken > 0)
        secret_free(&values[--taken]);
    return false;
}

bool keyring_get_secrets(struct keyring_service *service, const struct list *paths, struct secret **values,
                         struct error *err)
{
    _cleanup_variant_ GVariant *secrets = NULL;
    _cleanup_variant_ GVariant *reply = NULL;

    if (!keyring_open_session(service, err))
        return false;
    reply = call(service, KEYRING_SERVICE_PATH, KEYRING_SERVICE, "GetSecrets",
                 lib.g_variant_new("(@aoo)", make_paths(paths), keyring_session_path(&service->session)),
                 "(a{o(oayays)})", err);
    if (!reply)
        return err->code == ERROR_STORE_LOCKED && fail_unreadable(service, paths->items[0], err);
    lib.g_variant_get(reply, "(@a{o(oayays)})", &secrets);
    return take_secrets(service, secrets, paths, values, err);
}

bool keyring_set_secret(struct keyring_service *service, const char *path, const struct secret *value,
                        struct error *err)
{
    _cleanup_variant_ GVariant *reply = NULL;

    if (!keyring_open_session(service, err))
        return false;
    reply = call(service, path, ITEM, "SetSecret",
                 lib.g_variant_new("(@(oayays))", keyring_session_encode(&service->session, value)), "()",
                 err);
    return reply != NULL;
}

/* ---- items ---- */

static GVariant *make_item_properties(const struct store_key *key)
{
    _cleanup_free_ char *label = memory_format("Logto session '%s' at %s", key->profile, key->issuer);
    GVariantBuilder properties;

    lib.g_variant_builder_init(&properties, (const GVariantType *)"a{sv}");
    lib.g_variant_builder_add(&properties, "{sv}", ITEM ".Label", lib.g_variant_new("s", label));
    lib.g_variant_builder_add(&properties, "{sv}", ITEM ".Attributes", make_attributes(key, true));
    return lib.g_variant_builder_end(&properties);
}

bool keyring_create_item(struct keyring_service *service, const char *collection, const struct store_key *key,
                         const struct secret *value, char **path, struct error *err)
{
    _cleanup_variant_ GVariant *reply = NULL;

    if (!keyring_open_session(service, err))
        return false;
    reply = call(service, collection, COLLECTION, "CreateItem",
                 lib.g_variant_new("(@a{sv}@(oayays)b)", make_item_properties(key),
                                   keyring_session_encode(&service->session, value), TRUE),
                 "(oo)", err);
    return reply && take_created(service, reply, path, err);
}

bool keyring_delete_item(struct keyring_service *service, const char *path, struct error *err)
{
    _cleanup_variant_ GVariant *reply = call(service, path, ITEM, "Delete", lib.g_variant_new("()"), "(o)",
                                             err);
    const gchar *prompt;

    if (!reply)
        return false;
    lib.g_variant_get(reply, "(&o)", &prompt);
    return keyring_bus_prompt(&service->bus, prompt, NULL, err);
}

/* Whether the attributes, a variant's content, tell all of the key. It borrows from them. */
static bool read_key(GVariant *attributes, struct store_key *key)
{
    return lib.g_variant_is_of_type(attributes, (const GVariantType *)"a{ss}") &&
           lib.g_variant_lookup(attributes, "profile", "&s", &key->profile) &&
           lib.g_variant_lookup(attributes, "issuer", "&s", &key->issuer) &&
           lib.g_variant_lookup(attributes, "app_id", "&s", &key->app_id);
}

static void hand_over_key(GVariant *reply, size_t index,
                          void (*found)(void *data, size_t index, const struct store_key *key), void *data)
{
    _cleanup_variant_ GVariant *attributes = NULL;
    struct store_key key;

    lib.g_variant_get(reply, "(v)", &attributes);
    if (read_key(attributes, &key))
        found(data, index, &key);
}

/* All questions go out before the first answer is waited for. */
bool keyring_get_keys(struct keyring_service *service, const struct list *paths,
                      void (*found)(void *data, size_t index, const struct store_key *key), void *data,
                      struct error *err)
{
    struct keyring_call *calls = memory_allocate(paths->count, sizeof(*calls));
    bool ok = true;

    for (size_t i = 0; i < paths->count; i++) {
        calls[i] = (struct keyring_call){paths->items[i], "org.freedesktop.DBus.Properties",
                                         "Get",           lib.g_variant_new("(ss)", ITEM, "Attributes"),
                                         "(v)",           NULL};
        keyring_bus_start(&service->bus, &calls[i]);
    }
    for (size_t i = 0; i < paths->count; i++) {
        _cleanup_variant_ GVariant *reply = keyring_bus_finish(&service->bus, &calls[i], ok ? err : NULL);

        ok = ok && reply;
        if (ok)
            hand_over_key(reply, i, found, data);
    }
    free(calls);
    return ok;
}
