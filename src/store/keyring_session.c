#include "store/keyring_session.h"

/*
 * No text to a service that looks into text: KeePassXC would replace what looks like its {PLACEHOLDER}s when
 * it reads a text.
 */
#define CONTENT_TYPE "application/octet-stream"

static void on_class_init(gpointer class, gpointer data)
{
    const GObjectClass *proxy = lib.g_type_class_peek(lib.g_dbus_proxy_get_type());

    (void)data;
    ((GObjectClass *)class)->constructor = proxy->constructor;
}

/*
 * SecretService's constructor insists on a connection that it shares with the rest of the process, and its
 * proxy then asks the bus six times for what is not needed here. A class derived from it, with the
 * constructor of its parent, takes the connection and the service that it is given (docs/adr/0017).
 */
static GType get_type(void)
{
    static GType type;
    GTypeQuery parent;

    if (type)
        return type;
    lib.g_type_query(lib.secret_service_get_type(), &parent);
    type = lib.g_type_register_static_simple(parent.type, "LogtoSecretService", parent.class_size,
                                             on_class_init, parent.instance_size, NULL, G_TYPE_FLAG_NONE);
    return type;
}

/* For a service known by its own name, without properties and signals, the proxy costs no call on the bus. */
static void start_opening(struct keyring_bus *bus, GAsyncResult **result)
{
    lib.g_async_initable_new_async(
        get_type(), G_PRIORITY_DEFAULT, bus->cancellable, keyring_bus_on_ready, result, "g-connection",
        bus->connection, "g-name", bus->owner, "g-object-path", KEYRING_SERVICE_PATH, "g-interface-name",
        KEYRING_SERVICE, "g-default-timeout", G_MAXINT, "g-flags",
        G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES | G_DBUS_PROXY_FLAGS_DO_NOT_CONNECT_SIGNALS |
            G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START,
        "flags", SECRET_SERVICE_OPEN_SESSION, NULL);
}

bool keyring_session_open(struct keyring_session *session, struct keyring_bus *bus, struct error *err)
{
    GAsyncResult *result = NULL;
    GError *error = NULL;
    GObject *source;

    if (session->proxy)
        return true;
    start_opening(bus, &result);
    keyring_bus_wait(bus, &result);
    source = lib.g_async_result_get_source_object(result);
    session->proxy = (SecretService *)lib.g_async_initable_new_finish((GAsyncInitable *)source, result,
                                                                      &error);
    lib.g_object_unref(source);
    lib.g_object_unref(result);
    return session->proxy || keyring_bus_fail(bus, error, err);
}

void keyring_session_close(struct keyring_session *session)
{
    if (session->proxy)
        lib.g_object_unref(session->proxy);
    *session = (struct keyring_session){.proxy = NULL};
}

const char *keyring_session_path(const struct keyring_session *session)
{
    return lib.secret_service_get_session_dbus_path(session->proxy);
}

GVariant *keyring_session_encode(const struct keyring_session *session, const struct secret *secret)
{
    SecretValue *value = lib.secret_value_new(secret_text(secret), (gssize)secret_length(secret),
                                              CONTENT_TYPE);
    GVariant *encoded = lib.secret_service_encode_dbus_secret(session->proxy, value);

    lib.secret_value_unref(value);
    return encoded;
}

struct secret *keyring_session_decode(struct keyring_session *session, GVariant *encoded)
{
    SecretValue *value = lib.secret_service_decode_dbus_secret(session->proxy, encoded);
    struct secret *secret;
    const gchar *bytes;
    gsize length;

    if (!value)
        return NULL;
    bytes = lib.secret_value_get(value, &length);
    secret = secret_new(bytes, length);
    lib.secret_value_unref(value);
    session->proven = true;
    return secret;
}
