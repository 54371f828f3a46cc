#include "store/keyring_bus.h"

#include <string.h>

#define OTHER_STORE "or keep the session in a file: logto login --store file"

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

bool keyring_fail_locked(struct error *err)
{
    error_set(err, ERROR_STORE_LOCKED, "the keyring is locked");
    return error_hint(err, "unlock it and try again, " OTHER_STORE);
}

bool keyring_fail_dismissed(struct error *err)
{
    error_set(err, ERROR_STORE_LOCKED, "the keyring's prompt was dismissed, or could not be shown");
    return error_hint(err, "unlock it or allow access, and try again, " OTHER_STORE);
}

bool keyring_fail_timeout(const struct keyring_bus *bus, struct error *err)
{
    int seconds = bus->settings->timeout / 1000;

    if (bus->prompting)
        error_set(err, ERROR_STORE_LOCKED, "the keyring's prompt was not answered within %d seconds",
                  seconds);
    else
        error_set(err, ERROR_STORE_UNAVAILABLE, "the keyring did not answer within %d seconds", seconds);
    return error_hint(err, "unlock the keyring and try again, " OTHER_STORE);
}

bool keyring_fail_lost(struct keyring_bus *bus, struct error *err)
{
    bus->lost = true;
    error_set(err, ERROR_STORE_UNAVAILABLE,
              lib.g_dbus_connection_is_closed(bus->connection)
                  ? "the connection to the D-Bus session bus was lost"
                  : "the keyring service ended before it answered");
    return error_hint(err, "try again, " OTHER_STORE);
}

bool keyring_fail_stale(struct keyring_bus *bus, const char *message, struct error *err)
{
    bus->stale = true;
    return error_set(err, ERROR_STORE_UNAVAILABLE, "the keyring failed: %s", message);
}

static bool fail_absent(struct error *err)
{
    error_set(err, ERROR_STORE_UNAVAILABLE, "no keyring service is running (Secret Service on D-Bus)");
    return error_hint(err, "install and start a keyring that offers the Secret Service, " OTHER_STORE);
}

/* KWallet says that it "cannot" for want of a plug-in of a library that it only recommends. */
static bool fail_with_words(const GError *error, struct error *err)
{
    error_set(err, ERROR_STORE_UNAVAILABLE, "the keyring failed: %s", error->message);
    if (strstr(error->message, "qca"))
        error_hint(err, "install the plug-in: sudo apt install libqca-qt5-2-plugins (with KWallet 6: "
                        "libqca-qt6-plugins)");
    return false;
}

static bool fail_remote(struct keyring_bus *bus, const char *remote, const GError *error, struct error *err)
{
    static const char *const absent[] = {"org.freedesktop.DBus.Error.ServiceUnknown",
                                         "org.freedesktop.DBus.Error.NameHasNoOwner", NULL};
    static const char *const silent[] = {"org.freedesktop.DBus.Error.NoReply",
                                         "org.freedesktop.DBus.Error.Disconnected", NULL};

    if (strcmp(remote, "org.freedesktop.Secret.Error.IsLocked") == 0)
        return keyring_fail_locked(err);
    if (strcmp(remote, "org.freedesktop.DBus.Error.AccessDenied") == 0)
        return error_set(err, ERROR_STORE_UNAVAILABLE, "the keyring refused access: %s", error->message);
    if (is_one_of(remote, absent) || starts_with(remote, "org.freedesktop.DBus.Error.Spawn.")) {
        bus->stale = bus->owner != NULL; /* the one that was talked to is gone; another may have come */
        return fail_absent(err);
    }
    if (is_one_of(remote, silent))
        return keyring_fail_lost(bus, err);
    bus->stale = true;
    return fail_with_words(error, err);
}

static bool fail_local(struct keyring_bus *bus, const GError *error, struct error *err)
{
    if (error->domain == lib.g_io_error_quark() &&
        (error->code == G_IO_ERROR_CANCELLED || error->code == G_IO_ERROR_TIMED_OUT))
        return keyring_fail_timeout(bus, err);
    return lib.g_dbus_connection_is_closed(bus->connection) ? keyring_fail_lost(bus, err)
                                                            : fail_with_words(error, err);
}

bool keyring_bus_fail(struct keyring_bus *bus, GError *error, struct error *err)
{
    gchar *remote = lib.g_dbus_error_get_remote_error(error);

    lib.g_dbus_error_strip_remote_error(error);
    if (remote)
        fail_remote(bus, remote, error, err);
    else
        fail_local(bus, error, err);
    lib.g_free(remote);
    lib.g_error_free(error);
    return false;
}
