/*
 * The file with the profiles, $XDG_CONFIG_HOME/logto/config.json: no secret, ever. Members that this version
 * doesn't know survive a rewrite; a file that can't be read is never overwritten.
 */
#pragma once

#include "base/system.h"
#include "codec/json.h"
#include "session/profile.h"

struct config {
    char *path;
    struct json *document; /* an object, empty when there is no file */
    int lock;              /* held between config_edit() and config_save(), else -1 */
};

#define CONFIG_EMPTY                                                                                         \
    {                                                                                                        \
        NULL, NULL, -1                                                                                       \
    }
#define _cleanup_config_ _cleanup_(config_release)

/*
 * Reads the file, if there is one. Fails with ERROR_CONFIG naming file and line when it is damaged,
 * ERROR_IO when it can't be read.
 */
bool config_load(struct config *out, struct error *err);

/* The same under a lock, so that two processes that change the file don't undo each other's work. */
bool config_edit(struct config *out, struct system *system, struct error *err);

/* Writes what config_edit() gave out, atomically. */
bool config_save(struct config *config, struct error *err);

/* The name under "defaultProfile", else "default". Owned by the config. */
const char *config_default_profile(const struct config *config);
void config_set_default_profile(struct config *config, const char *name);

/* The object of profile `name`, or NULL. */
const struct json *config_profile(const struct config *config, const char *name);

/* Whether there is a profile `name`. Fails with ERROR_CONFIG. */
bool config_check_profile(const struct config *config, const char *name, struct error *err);

/*
 * The profile `name`, with defaults for what the file doesn't say; *out is released first. Fails as
 * profile_read().
 */
bool config_read_profile(const struct config *config, const char *name, struct profile *out,
                         struct error *err);

/* The names of all profiles in the file's order. */
void config_profile_names(const struct config *config, struct list *out);

/* The object of profile `name` for changing; made when there is none. Owned by the config. */
struct json *config_profile_for_change(struct config *config, const char *name);

void config_remove_profile(struct config *config, const char *name);

void config_release(struct config *config);
