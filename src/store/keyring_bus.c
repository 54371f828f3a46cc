#include "store/keyring_bus.h"

#include "base/environment.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOTICE 1000       /* ms until the user is told what we wait for */
#define CANCELLATION 1000 /* ms in which GLib is to stop what was cancelled */
#define TICKS 20          /* from the beginning to the deadline */

/* ---- waiting ---- */

/* Only running time counts, as for HTTP: the ticks that a stopped process misses come as one. */
static gboolean on_tick(gpointer data)
{
    struct keyring_bus *bus = data;

    if (++bus->ticks < TICKS)
        return TRUE;
    lib.g_cancellable_cancel(bus->cancellable);
    return FALSE;
}

static void note(const struct keyring_bus *bus, const char *text)
{
    if (bus->settings->note)
        bus->settings->note(bus->settings->data, text);
}

static gboolean on_notice(gpointer data)
{
    struct keyring_bus *bus = data;

    if (!bus->noticed && !bus->settings->quiet)
        note(bus, "Waiting for the keyring…");
    bus->noticed = true;
    return FALSE;
}

static GSource *start_timer(struct keyring_bus *bus, int ms, GSourceFunc callback)
{
    GSource *timer = lib.g_timeout_source_new((guint)ms);

    lib.g_source_set_callback(timer, callback, bus, NULL);
    lib.g_source_attach(timer, bus->context);
    return timer;
}

static void stop_timer(GSource *timer)
{
    lib.g_source_destroy(timer);
    lib.g_source_unref(timer);
}

void keyring_bus_on_ready(GObject *source, GAsyncResult *result, gpointer pointer_to_result)
{
    GAsyncResult **target = pointer_to_result;

    (void)source;
    *target = lib.g_object_ref(result);
}

void keyring_bus_wait(struct keyring_bus *bus, GAsyncResult *const *result)
{
    while (!*result)
        lib.g_main_context_iteration(bus->context, TRUE);
}

/* ---- the connection ---- */

/* Cron and the like have no DBUS_SESSION_BUS_ADDRESS, but systemd puts the user's bus at a known place. */
static char *find_address(void)
{
    const char *address = environment_value("DBUS_SESSION_BUS_ADDRESS");
    const char *runtime = environment_value("XDG_RUNTIME_DIR");
    char *escaped;
    char *found;

    if (address)
        return memory_duplicate(address);
    if (!runtime)
        return memory_format("unix:path=/run/user/%u/bus", (unsigned)geteuid());
    escaped = lib.g_dbus_address_escape_value(runtime);
    found = memory_format("unix:path=%s/bus", escaped);
    lib.g_free(escaped);
    return found;
}

/* Under sudo the keyring is another user's than most expect. */
static void warn_of_sudo(const struct keyring_bus *bus)
{
    const char *user = environment_value("SUDO_USER");
    _cleanup_free_ char *text = NULL;

    if (!user || geteuid() != 0 || strcmp(user, "root") == 0)
        return;
    text = memory_format("Under sudo this is root's keyring, not that of %s.", user);
    note(bus, text);
}

static bool fail_without_bus(struct keyring_bus *bus, GError *error, struct error *err)
{
    if (lib.g_cancellable_is_cancelled(bus->cancellable))
        return keyring_bus_fail(bus, error, err);
    error_set(err, ERROR_STORE_UNAVAILABLE, "no D-Bus session bus to reach a keyring through: %s",
              error->message);
    error_hint(err,
               "start one with 'dbus-run-session', or keep the session in a file: logto login --store file");
    lib.g_error_free(error);
    return false;
}

static gboolean on_stuck(gpointer data)
{
    struct keyring_bus *bus = data;

    bus->stuck = true;
    return FALSE;
}

/* GLib connects in a thread; one that it cannot start is waited for forever, cancelled or not. */
static bool wait_for_connection(struct keyring_bus *bus)
{
    GSource *limit = start_timer(bus, bus->settings->timeout + CANCELLATION, on_stuck);

    while (!bus->connected && !bus->stuck)
        lib.g_main_context_iteration(bus->context, TRUE);
    stop_timer(limit);
    return bus->connected != NULL;
}

static bool connect_bus(struct keyring_bus *bus, struct error *err)
{
    const GDBusConnectionFlags flags = G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                       G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION;
    _cleanup_free_ char *address = find_address();
    GError *error = NULL;

    if (bus->stuck)
        return keyring_fail_timeout(bus, err);
    warn_of_sudo(bus);
    lib.g_dbus_connection_new_for_address(address, flags, NULL, bus->cancellable, keyring_bus_on_ready,
                                          &bus->connected);
    if (!wait_for_connection(bus))
        return keyring_fail_timeout(bus, err);
    bus->connection = lib.g_dbus_connection_new_for_address_finish(bus->connected, &error);
    lib.g_object_unref(bus->connected);
    bus->connected = NULL;
    return bus->connection || fail_without_bus(bus, error, err);
}

static void disconnect(struct keyring_bus *bus)
{
    if (bus->connection) {
        lib.g_dbus_connection_close_sync(bus->connection, NULL, NULL);
        lib.g_object_unref(bus->connection);
    }
    bus->connection = NULL;
}

void keyring_bus_reset(struct keyring_bus *bus)
{
    free(bus->owner);
    bus->owner = NULL;
    if (bus->lost)
        disconnect(bus);
    bus->lost = false;
    bus->stale = false;
}

/* ---- an operation ---- */

bool keyring_bus_begin(struct keyring_bus *bus, struct error *err)
{
    if (!keyring_library_open(err))
        return false;
    if (!bus->context)
        bus->context = lib.g_main_context_new();
    lib.g_main_context_push_thread_default(bus->context);
    bus->cancellable = lib.g_cancellable_new();
    bus->ticks = 0;
    bus->deadline = start_timer(bus, bus->settings->timeout / TICKS, on_tick);
    bus->notice = start_timer(bus, NOTICE, on_notice);
    if (bus->connection || connect_bus(bus, err))
        return true;
    keyring_bus_end(bus);
    return false;
}

void keyring_bus_end(struct keyring_bus *bus)
{
    stop_timer(bus->deadline);
    stop_timer(bus->notice);
    lib.g_object_unref(bus->cancellable);
    lib.g_main_context_pop_thread_default(bus->context);
}

void keyring_bus_close(struct keyring_bus *bus)
{
    disconnect(bus);
    if (bus->context) {
        /* What a failed or cancelled call left to be freed is freed by the context. */
        while (lib.g_main_context_iteration(bus->context, FALSE))
            ;
        lib.g_main_context_unref(bus->context);
    }
    free(bus->owner);
}

/* ---- calls ---- */

static GDBusMessage *make_message(const struct keyring_bus *bus, const struct keyring_call *call)
{
    const char *service = bus->owner ? bus->owner : "org.freedesktop.secrets";
    GDBusMessage *message = lib.g_dbus_message_new_method_call(service, call->path, call->interface,
                                                               call->method);

    lib.g_dbus_message_set_body(message, call->arguments);
    if (bus->settings->quiet)
        lib.g_dbus_message_set_flags(message, G_DBUS_MESSAGE_FLAGS_NO_AUTO_START);
    return message;
}

void keyring_bus_start(struct keyring_bus *bus, struct keyring_call *call)
{
    GDBusMessage *message = make_message(bus, call);

    call->result = NULL;
    lib.g_dbus_connection_send_message_with_reply(bus->connection, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE,
                                                  G_MAXINT, NULL, bus->cancellable, keyring_bus_on_ready,
                                                  &call->result);
    lib.g_object_unref(message);
}

/* All calls after the first go to the same service, so that one which replaced it is noticed. */
static void learn_owner(struct keyring_bus *bus, GDBusMessage *reply)
{
    const char *sender = lib.g_dbus_message_get_sender(reply);

    if (!bus->owner && sender && sender[0] == ':')
        bus->owner = memory_duplicate(sender);
}

static GVariant *check_body(const struct keyring_call *call, GDBusMessage *reply, struct error *err)
{
    GVariant *body = lib.g_dbus_message_get_body(reply);

    body = body ? lib.g_variant_ref(body) : lib.g_variant_ref_sink(lib.g_variant_new("()"));
    if (lib.g_variant_is_of_type(body, (const GVariantType *)call->reply_type))
        return body;
    lib.g_variant_unref(body);
    error_set(err, ERROR_STORE_UNAVAILABLE, "the keyring gave an unexpected answer to %s", call->method);
    return NULL;
}

GVariant *keyring_bus_finish(struct keyring_bus *bus, struct keyring_call *call, struct error *err)
{
    GError *error = NULL;
    GDBusMessage *reply;
    GVariant *body = NULL;

    keyring_bus_wait(bus, &call->result);
    reply = lib.g_dbus_connection_send_message_with_reply_finish(bus->connection, call->result, &error);
    if (!reply || lib.g_dbus_message_to_gerror(reply, &error)) {
        keyring_bus_fail(bus, error, err);
    } else {
        learn_owner(bus, reply);
        body = check_body(call, reply, err);
    }
    if (reply)
        lib.g_object_unref(reply);
    lib.g_object_unref(call->result);
    return body;
}

GVariant *keyring_bus_call(struct keyring_bus *bus, struct keyring_call call, struct error *err)
{
    keyring_bus_start(bus, &call);
    return keyring_bus_finish(bus, &call, err);
}
