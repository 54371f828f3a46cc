/*
 * The file with the profiles, $XDG_CONFIG_HOME/logto/config.json. It holds no secrets. Unknown members
 * survive a rewrite; a file that can't be read is never overwritten.
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
 * Reads the file, if there is one. Fails with ERROR_CONFIG naming file and line when it is invalid,
 * ERROR_IO when it can't be read.
 */
bool config_load(struct config *out, struct error *err);

/* The same under a lock, which is held until config_save() or config_release(). */
bool config_edit(struct config *out, struct system *system, struct error *err);

/* Writes the document of config_edit() atomically. */
bool config_save(struct config *config, struct error *err);

/* The name under "defaultProfile", else "default". Owned by the config. */
const char *config_default_profile(const struct config *config);
void config_set_default_profile(struct config *config, const char *name);

/* The object of profile `name`, or NULL. */
const struct json *config_profile(const struct config *config, const char *name);

/* Whether there is a profile `name`. Fails with ERROR_CONFIG. */
bool config_check_profile(const struct config *config, const char *name, struct error *err);

/*
 * The profile `name`, with defaults for missing members; *out is released first. Fails as
 * profile_read().
 */
bool config_read_profile(const struct config *config, const char *name, struct profile *out,
                         struct error *err);

/* The names of all profiles in the file's order. */
void config_profile_names(const struct config *config, struct list *out);

/* The object of profile `name`, for modifying. Created when there is none; the first is the default. */
struct json *config_ensure_profile(struct config *config, const char *name);

void config_remove_profile(struct config *config, const char *name);

void config_release(struct config *config);
