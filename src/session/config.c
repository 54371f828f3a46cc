#include "session/config.h"

#include "base/fault.h"
#include "base/file.h"
#include "base/lock.h"

#include <stdlib.h>
#include <string.h>

#define CONFIG_MAXIMUM ((size_t)1024 * 1024)
#define LOCK_TIMEOUT 5000 /* ms; the lock is only held while the file is rewritten */

static bool check_shape(const struct json *document, struct error *err)
{
    const struct json *profiles = json_member(document, "profiles");
    const char *name = json_string(document, "defaultProfile");

    if (!json_is_object(document))
        return error_set(err, ERROR_CONFIG, "not a JSON object");
    if (profiles && !json_is_object(profiles))
        return error_set(err, ERROR_CONFIG, "\"profiles\" must be an object");
    for (const struct json *profile = json_first(profiles); profile; profile = json_next(profile)) {
        if (!profile_check_name(json_name(profile), err))
            return false;
        if (!json_is_object(profile))
            return error_set(err, ERROR_CONFIG, "the profile \"%s\" must be an object", json_name(profile));
    }
    return !name || !*name || profile_check_name(name, err);
}

static bool read_document(struct config *config, struct error *err)
{
    _cleanup_buffer_ struct buffer text = BUFFER(CONFIG_MAXIMUM);
    bool exists;

    if (!file_read(config->path, FILE_LINKED, &text, &exists, err))
        return false;
    config->document = exists ? json_parse(buffer_text(&text), text.length, err) : json_object();
    if (config->document && check_shape(config->document, err))
        return true;
    error_change_code(err, ERROR_CONFIG);
    error_context(err, "invalid config file %s", config->path);
    return error_hint(err, "fix or remove the file; it was not changed");
}

/* A machine without HOME (a container, a CI job) has no config file, which is not an error. */
static bool open_for_reading(struct config *config, struct error *err)
{
    config->path = file_path(FILE_CONFIG, "config.json", err);
    if (config->path)
        return read_document(config, err);
    config->document = json_object();
    return true;
}

bool config_load(struct config *out, struct error *err)
{
    struct config config = CONFIG_EMPTY;

    if (!open_for_reading(&config, err)) {
        config_release(&config);
        return false;
    }
    *out = config;
    return true;
}

bool config_edit(struct config *out, struct system *system, struct error *err)
{
    struct config config = CONFIG_EMPTY;
    _cleanup_free_ char *lock = file_path(FILE_DATA, "locks/config.lock", err);
    struct lock_wait wait = {.timeout = LOCK_TIMEOUT};

    if (!lock || !lock_take(lock, system, &wait, &config.lock, err) ||
        !(config.path = file_path(FILE_CONFIG, "config.json", err)) || !read_document(&config, err)) {
        config_release(&config);
        return false;
    }
    FAULT_POINT("config_locked");
    *out = config;
    return true;
}

bool config_save(struct config *config, struct error *err)
{
    char *text = json_print(config->document, true);
    _cleanup_buffer_ struct buffer line = BUFFER(CONFIG_MAXIMUM);
    bool ok = buffer_append_format(&line, err, "%s\n", text) &&
              file_write(config->path, FILE_LINKED, line.data, line.length, err);

    memory_wipe_free(text);
    lock_release(&config->lock);
    return ok;
}

const char *config_default_profile(const struct config *config)
{
    const char *name = json_string(config->document, "defaultProfile");

    return name && *name ? name : "default";
}

void config_set_default_profile(struct config *config, const char *name)
{
    json_set_string(config->document, "defaultProfile", name);
}

const struct json *config_profile(const struct config *config, const char *name)
{
    return json_member(json_member(config->document, "profiles"), name);
}

bool config_check_profile(const struct config *config, const char *name, struct error *err)
{
    if (config_profile(config, name))
        return true;
    error_set(err, ERROR_CONFIG, "unknown profile '%s'", name);
    return error_hint(err, "logto profile list");
}

bool config_read_profile(const struct config *config, const char *name, struct profile *out,
                         struct error *err)
{
    struct profile profile = PROFILE_EMPTY;

    if (!profile_read(name, config_profile(config, name), &profile, err))
        return error_context(err, "the profile '%s' in %s", name, config->path);
    profile.is_default = strcmp(name, config_default_profile(config)) == 0;
    profile_release(out);
    *out = profile;
    return true;
}

void config_profile_names(const struct config *config, struct list *out)
{
    const struct json *profiles = json_member(config->document, "profiles");

    for (const struct json *profile = json_first(profiles); profile; profile = json_next(profile))
        list_append(out, json_name(profile));
}

struct json *config_ensure_profile(struct config *config, const char *name)
{
    if (!json_member(config->document, "profiles"))
        json_set(config->document, "profiles", json_object());
    if (!config_profile(config, name)) {
        if (!json_member(config->document, "defaultProfile"))
            config_set_default_profile(config, name);
        json_set(json_member_for_change(config->document, "profiles"), name, json_object());
    }
    return json_member_for_change(json_member_for_change(config->document, "profiles"), name);
}

void config_remove_profile(struct config *config, const char *name)
{
    json_remove(json_member_for_change(config->document, "profiles"), name);
    if (strcmp(config_default_profile(config), name) == 0)
        json_remove(config->document, "defaultProfile");
}

void config_release(struct config *config)
{
    free(config->path);
    json_free(&config->document);
    lock_release(&config->lock);
    config->path = NULL;
}
