/*
 * The Secret Service (freedesktop.org, draft 0.2), one method a function. Items and collections are named by
 * their object paths. Nothing here needs to know GLib.
 *
 * Fails with ERROR_STORE_UNAVAILABLE or ERROR_STORE_LOCKED; `err` is not NULL here.
 */
#pragma once

#include "base/list.h"
#include "store/store.h"

struct keyring_service;

/* `settings` must outlive it. Costs nothing until begin(). Never NULL. */
struct keyring_service *keyring_service_new(const struct store_settings *settings);
void keyring_service_free(struct keyring_service *service);

/* Everything else happens between these two, within the time that the settings allow. */
bool keyring_service_begin(struct keyring_service *service, struct error *err);
void keyring_service_end(struct keyring_service *service);

/*
 * Whether what just failed is worth another attempt, from the start: with a new session, or with the service
 * that took the place of the other. True twice in an operation at most.
 */
bool keyring_service_renew(struct keyring_service *service);

/* Adds the paths of the items with this key (NULL: of all that are ours) to the two lists. */
bool keyring_search(struct keyring_service *service, const struct store_key *key, struct list *unlocked,
                    struct list *locked, struct error *err);

/* Items or collections; asks the user if need be. */
bool keyring_unlock(struct keyring_service *service, const struct list *paths, struct error *err);

/* The collection for new items: *path is to be freed by the caller, or NULL when there is none. */
bool keyring_default_collection(struct keyring_service *service, char **path, struct error *err);
bool keyring_collection_is_locked(struct keyring_service *service, const char *path, bool *locked,
                                  struct error *err);

/* Makes one for new items, which the user gives a password. *path as above. */
bool keyring_create_collection(struct keyring_service *service, char **path, struct error *err);

/* Agrees with the service on how secrets are encrypted on their way, unless that was done. */
bool keyring_open_session(struct keyring_service *service, struct error *err);

/* Whether a secret came through the session undamaged: a service may have got a key that is not ours. */
bool keyring_session_is_proven(const struct keyring_service *service);

/* values[] is as long as `paths`, and takes what the caller must free. All or none. */
bool keyring_get_secrets(struct keyring_service *service, const struct list *paths, struct secret **values,
                         struct error *err);

/* Replaces the secret of an item. */
bool keyring_set_secret(struct keyring_service *service, const char *path, const struct secret *value,
                        struct error *err);

/* *path becomes the new item's, to be freed by the caller. */
bool keyring_create_item(struct keyring_service *service, const char *collection, const struct store_key *key,
                         const struct secret *value, char **path, struct error *err);

bool keyring_delete_item(struct keyring_service *service, const char *path, struct error *err);

/*
 * Calls found() with the place and the key of each item that tells its key: a locked one may not. May have
 * called it when it fails.
 */
bool keyring_get_keys(struct keyring_service *service, const struct list *paths,
                      void (*found)(void *data, size_t index, const struct store_key *key), void *data,
                      struct error *err);
