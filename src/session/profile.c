#include "session/profile.h"

#include "logto/endpoint.h"
#include "logto/sign_in_parameter.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NAME_LONGEST 64

bool profile_check_name(const char *name, struct error *err)
{
    size_t length = strlen(name);

    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
            length = 0;
    if (length > 0 && length <= NAME_LONGEST && name[0] != '.' && name[0] != '-')
        return true;
    error_set(err, ERROR_USAGE, "invalid profile name '%s'", name);
    return error_hint(err, "use at most %d letters, digits, '.', '_' and '-'", NAME_LONGEST);
}

static bool refuse_type(const char *key, const char *wanted, struct error *err)
{
    return error_set(err, ERROR_CONFIG, "\"%s\" must be %s", key, wanted);
}

static bool read_text(const struct json *object, const char *key, char **out, struct error *err)
{
    const char *text = json_string(object, key);

    if (json_member(object, key) && !text)
        return refuse_type(key, "a string", err);
    if (text)
        profile_set_text(out, text);
    return true;
}

static bool read_list(const struct json *object, const char *key, struct list *out, struct error *err)
{
    const struct json *member = json_member(object, key);

    if (member && !json_is_array(member))
        return refuse_type(key, "an array of strings", err);
    for (const struct json *element = json_first(member); element; element = json_next(element))
        if (!json_text(element))
            return refuse_type(key, "an array of strings", err);
    json_strings(object, key, out);
    return true;
}

static bool read_switch(const struct json *object, const char *key, bool *out, struct error *err)
{
    const struct json *member = json_member(object, key);

    if (member && !json_is_boolean(member))
        return refuse_type(key, "true or false", err);
    *out = json_boolean(object, key, *out);
    return true;
}

static bool read_connector(const struct json *object, char **out, struct error *err)
{
    return read_text(object, "connector", out, err) &&
           (logto_connector_check(*out, err) || error_context(err, "\"connector\""));
}

static bool read_passphrase_cache(const struct json *object, int64_t *out, struct error *err)
{
    int64_t number;

    if (!json_member(object, "passphraseCache"))
        return true;
    if (!json_integer(object, "passphraseCache", &number) || number < 0 || number > 7200)
        return refuse_type("passphraseCache", "a number of seconds from 0 to 7200", err);
    *out = number;
    return true;
}

static bool read_port(const struct json *object, uint16_t *out, struct error *err)
{
    int64_t number;

    if (!json_member(object, "port"))
        return true;
    if (!json_integer(object, "port", &number) || number < 1 || number > 65535)
        return refuse_type("port", "a port number from 1 to 65535", err);
    *out = (uint16_t)number;
    return true;
}

static bool read_members(const struct json *object, struct profile *profile, struct error *err)
{
    _cleanup_free_ char *endpoint = NULL;

    return read_switch(object, "insecureHttp", &profile->insecure_http, err) &&
           read_switch(object, "organizations", &profile->organizations, err) &&
           read_switch(object, "warm", &profile->warm, err) &&
           read_text(object, "endpoint", &endpoint, err) &&
           (!endpoint || profile_set_endpoint(profile, endpoint, err)) &&
           read_text(object, "appId", &profile->app_id, err) &&
           read_text(object, "deviceAppId", &profile->device_app_id, err) &&
           read_connector(object, &profile->connector, err) &&
           read_text(object, "store", &profile->store, err) &&
           read_text(object, "staleStore", &profile->stale_store, err) &&
           read_passphrase_cache(object, &profile->passphrase_cache, err) &&
           read_list(object, "scopes", &profile->scopes, err) &&
           read_list(object, "resources", &profile->resources, err) &&
           read_list(object, "googleScopes", &profile->google_scopes, err) &&
           read_port(object, &profile->port, err);
}

bool profile_read(const char *name, const struct json *object, struct profile *out, struct error *err)
{
    struct profile profile = {
        .port = PROFILE_DEFAULT_PORT, .passphrase_cache = PROFILE_DEFAULT_PASSPHRASE_CACHE, .warm = true};

    profile.name = memory_duplicate(name);
    profile.is_default = strcmp(name, "default") == 0; /* unless the config file says otherwise */
    profile.connector = memory_duplicate(PROFILE_DEFAULT_CONNECTOR);
    profile.store = memory_duplicate("keyring");
    if (read_members(object, &profile, err)) {
        *out = profile;
        return true;
    }
    profile_release(&profile);
    return error_change_code(err, ERROR_CONFIG);
}

/* A default is only written when the key is already present, to keep the file short. */
static void write_flag(struct json *object, const char *key, bool truth)
{
    if (truth || json_member(object, key))
        json_set_boolean(object, key, truth);
}

void profile_write(const struct profile *profile, struct json *object)
{
    json_set_text(object, "endpoint", profile->endpoint);
    json_set_text(object, "appId", profile->app_id);
    json_set_text(object, "deviceAppId", profile->device_app_id);
    json_set_list(object, "scopes", &profile->scopes);
    json_set_list(object, "resources", &profile->resources);
    write_flag(object, "organizations", profile->organizations);
    json_set_text(object, "connector", profile->connector);
    json_set_integer(object, "port", profile->port);
    json_set_text(object, "store", profile->store);
    if (profile->passphrase_cache != PROFILE_DEFAULT_PASSPHRASE_CACHE ||
        json_member(object, "passphraseCache"))
        json_set_integer(object, "passphraseCache", profile->passphrase_cache);
    write_flag(object, "insecureHttp", profile->insecure_http);
}

bool profile_set_endpoint(struct profile *profile, const char *text, struct error *err)
{
    char *endpoint = logto_endpoint_parse(text, profile->insecure_http, err);

    if (!endpoint)
        return false;
    free(profile->endpoint);
    free(profile->issuer);
    profile->endpoint = endpoint;
    profile->issuer = logto_endpoint_issuer(endpoint);
    return true;
}

void profile_set_text(char **member, const char *text)
{
    char *copy = memory_duplicate(text); /* may be part of the member */

    free(*member);
    *member = copy;
}

static bool is_changed(const char *from, const char *to)
{
    return from && (!to || strcmp(from, to) != 0);
}

const char *profile_app(const struct profile *profile)
{
    return profile->app_id ? profile->app_id : profile->device_app_id;
}

bool profile_is_moved(const struct profile *from, const struct profile *to)
{
    return is_changed(from->issuer, to->issuer) || is_changed(profile_app(from), profile_app(to));
}

void profile_release(struct profile *profile)
{
    free(profile->name);
    free(profile->endpoint);
    free(profile->issuer);
    free(profile->app_id);
    free(profile->device_app_id);
    free(profile->connector);
    free(profile->store);
    free(profile->stale_store);
    list_release(&profile->scopes);
    list_release(&profile->resources);
    list_release(&profile->google_scopes);
    *profile = (struct profile)PROFILE_EMPTY;
}
