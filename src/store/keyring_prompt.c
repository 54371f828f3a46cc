#include "store/keyring_bus.h"

#include <string.h>

#define PROMPT "org.freedesktop.Secret.Prompt"

struct prompt {
    GVariant *answer;  /* (bv): dismissed, and what came of it; NULL until it has come */
    bool service_gone; /* there will be none */
};

static void on_completed(GDBusConnection *connection, const gchar *sender, const gchar *path,
                         const gchar *interface, const gchar *signal, GVariant *arguments, gpointer data)
{
    struct prompt *prompt = data;

    (void)connection, (void)sender, (void)path, (void)interface, (void)signal;
    if (!prompt->answer && lib.g_variant_is_of_type(arguments, (const GVariantType *)"(bv)"))
        prompt->answer = lib.g_variant_ref(arguments);
}

static void on_owner_changed(GDBusConnection *connection, const gchar *sender, const gchar *path,
                             const gchar *interface, const gchar *signal, GVariant *arguments, gpointer data)
{
    struct prompt *prompt = data;

    (void)connection, (void)sender, (void)path, (void)interface, (void)signal, (void)arguments;
    prompt->service_gone = true; /* a service's own name changes only once */
}

/* So that no window stays behind that nobody waits for. Nobody waits for this either. */
static void dismiss(struct keyring_bus *bus, const char *path)
{
    GDBusMessage *message = lib.g_dbus_message_new_method_call(bus->owner, path, PROMPT, "Dismiss");

    lib.g_dbus_message_set_flags(message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
    lib.g_dbus_connection_send_message(bus->connection, message, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
    lib.g_dbus_connection_flush_sync(bus->connection, NULL, NULL);
    lib.g_object_unref(message);
}

static bool wait_for_answer(struct keyring_bus *bus, const struct prompt *prompt, struct error *err)
{
    while (!prompt->answer && !prompt->service_gone && !lib.g_cancellable_is_cancelled(bus->cancellable) &&
           !lib.g_dbus_connection_is_closed(bus->connection))
        lib.g_main_context_iteration(bus->context, TRUE);
    if (prompt->answer)
        return true;
    return lib.g_cancellable_is_cancelled(bus->cancellable) ? keyring_fail_timeout(bus, err)
                                                            : keyring_fail_lost(bus, err);
}

static bool ask(struct keyring_bus *bus, const struct prompt *prompt, const char *path, struct error *err)
{
    _cleanup_variant_ GVariant *begun = keyring_bus_call(
        bus, (struct keyring_call){path, PROMPT, "Prompt", lib.g_variant_new("(s)", ""), "()", NULL}, err);

    return begun && wait_for_answer(bus, prompt, err);
}

static bool read_answer(const struct prompt *prompt, GVariant **result, struct error *err)
{
    _cleanup_variant_ GVariant *value = NULL;
    gboolean dismissed;

    lib.g_variant_get(prompt->answer, "(bv)", &dismissed, &value);
    if (dismissed)
        return keyring_fail_dismissed(err);
    if (result)
        *result = TAKE(value);
    return true;
}

/* The signal is subscribed to before the prompt is shown, for the answer may be quick. */
static bool perform(struct keyring_bus *bus, struct prompt *prompt, const char *path, struct error *err)
{
    guint completed = lib.g_dbus_connection_signal_subscribe(bus->connection, bus->owner, PROMPT, "Completed",
                                                             path, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                             on_completed, prompt, NULL);
    guint owner = lib.g_dbus_connection_signal_subscribe(
        bus->connection, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
        "/org/freedesktop/DBus", bus->owner, G_DBUS_SIGNAL_FLAGS_NONE, on_owner_changed, prompt, NULL);
    bool ok;

    bus->prompting = true;
    ok = ask(bus, prompt, path, err);
    bus->prompting = false;
    if (!ok && lib.g_cancellable_is_cancelled(bus->cancellable))
        dismiss(bus, path);
    lib.g_dbus_connection_signal_unsubscribe(bus->connection, completed);
    lib.g_dbus_connection_signal_unsubscribe(bus->connection, owner);
    return ok;
}

bool keyring_bus_prompt(struct keyring_bus *bus, const char *path, GVariant **result, struct error *err)
{
    struct prompt prompt = {.answer = NULL};
    bool ok;

    if (strcmp(path, "/") == 0) {
        if (result)
            *result = NULL;
        return true;
    }
    if (bus->settings->quiet)
        return keyring_fail_locked(err);
    ok = perform(bus, &prompt, path, err) && read_answer(&prompt, result, err);
    keyring_variant_unref(&prompt.answer);
    return ok;
}
