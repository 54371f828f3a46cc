/*
 * The D-Bus session bus and the service on it that keeps secrets: calls with a deadline, prompts, and what
 * their failures mean.
 *
 * Not through g_bus_get(): that connection ends the program with a signal when the bus goes away, can't be
 * made anew, and is started where there is none.
 */
#pragma once

#include "store/keyring_library.h"
#include "store/store.h"

#define KEYRING_SERVICE_PATH "/org/freedesktop/secrets"
#define KEYRING_SERVICE "org.freedesktop.Secret.Service"

struct keyring_bus {
    const struct store_settings *settings;
    GMainContext *context;       /* NULL before the first operation */
    GDBusConnection *connection; /* NULL: not connected */
    char *owner;                 /* the service's own name on the bus; NULL until it has answered */
    GAsyncResult *connected;     /* of connect_bus(); here because GLib may call back after it gave up */
    bool stuck;                  /* it gave up: GLib completes nothing any more */

    /* Of the operation under way. */
    GCancellable *cancellable; /* cancelled by the deadline */
    GSource *deadline, *notice;
    int ticks;      /* since the beginning */
    bool prompting; /* the user is being asked */
    bool stale;     /* it failed in a way that a new session with the service may cure */
    bool lost;      /* it failed because bus or service went away */
    bool noticed;   /* the user knows that we wait */
};

/* One method call. `arguments` is taken over. */
struct keyring_call {
    const char *path, *interface, *method;
    GVariant *arguments;    /* a tuple; may be floating */
    const char *reply_type; /* that the answer must have */

    GAsyncResult *result; /* owned by start() and finish() */
};

/*
 * Connects unless connected, and starts the deadline for what follows up to end(). Fails with
 * ERROR_STORE_UNAVAILABLE, and then end() is not due.
 */
bool keyring_bus_begin(struct keyring_bus *bus, struct error *err);
void keyring_bus_end(struct keyring_bus *bus);

/* Between the two: sends a call, which must be finished and not move until then. */
void keyring_bus_start(struct keyring_bus *bus, struct keyring_call *call);

/* Waits for the answer's body, which the caller releases; NULL on failure. */
GVariant *keyring_bus_finish(struct keyring_bus *bus, struct keyring_call *call, struct error *err);

/* Both at once. */
GVariant *keyring_bus_call(struct keyring_bus *bus, struct keyring_call call, struct error *err);

/* For other asynchronous functions of GLib: a callback for `result`, and the wait until it was called. */
void keyring_bus_on_ready(GObject *source, GAsyncResult *result, gpointer pointer_to_result);
void keyring_bus_wait(struct keyring_bus *bus, GAsyncResult *const *result);

/*
 * Shows the service's prompt at `path` and waits for the user; "/" is no prompt. *result, unless NULL,
 * becomes what came of it, to be released by the caller, or NULL without a prompt. Fails with
 * ERROR_STORE_LOCKED when the user dismissed it, did not answer, or must not be asked.
 */
bool keyring_bus_prompt(struct keyring_bus *bus, const char *path, GVariant **result, struct error *err);

/* Turns what GLib said into an error of ours and frees it. Always false. */
bool keyring_bus_fail(struct keyring_bus *bus, GError *error, struct error *err);

/* Failures that no GError tells of; always false. */
bool keyring_fail_locked(struct error *err);
bool keyring_fail_dismissed(struct error *err);
bool keyring_fail_timeout(const struct keyring_bus *bus, struct error *err);
bool keyring_fail_lost(struct keyring_bus *bus, struct error *err);
bool keyring_fail_stale(struct keyring_bus *bus, const char *message, struct error *err);

/* Forgets the service that was talked to, and the connection too when it was lost. */
void keyring_bus_reset(struct keyring_bus *bus);

/* Disconnects and releases everything. */
void keyring_bus_close(struct keyring_bus *bus);
