#include "session/profile_key.h"

#include "base/number.h"
#include "session/profile.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

enum key_kind { KEY_TEXT, KEY_ID, KEY_LIST, KEY_SWITCH, KEY_NUMBER };

static const struct {
    const char *name;
    enum key_kind kind;
} keys[] = {
    {"endpoint", KEY_TEXT},       {"appId", KEY_ID},
    {"deviceAppId", KEY_ID},      {"scopes", KEY_LIST},
    {"resources", KEY_LIST},      {"organizations", KEY_SWITCH},
    {"connector", KEY_TEXT},      {"port", KEY_NUMBER},
    {"store", KEY_TEXT},          {"passphraseCache", KEY_NUMBER},
    {"insecureHttp", KEY_SWITCH}, {"warm", KEY_SWITCH},
    {"googleScopes", KEY_LIST},
};

static bool find_key(const char *name, enum key_kind *kind, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        if (strcmp(keys[i].name, name) == 0) {
            *kind = keys[i].kind;
            return true;
        }
    }
    return error_set(err, ERROR_USAGE, "unknown key '%s' (available: %s)", name, PROFILE_KEYS);
}

/* Visible ASCII as RFC 6749 has it in scopes and client ids; `excluded` are characters that are not allowed.
 */
static bool check_word(const char *key, const char *word, const char *excluded, struct error *err)
{
    for (const char *c = word; *c; c++)
        if (*c <= ' ' || *c > '~' || strchr(excluded, *c))
            return error_set(err, ERROR_USAGE, "%s has a character that it must not have: '%s'", key, word);
    return *word || error_set(err, ERROR_USAGE, "%s must not be empty", key);
}

/* RFC 8707: an absolute URI without a fragment. */
static bool check_resource(const char *key, const char *word, struct error *err)
{
    const char *colon = strchr(word, ':');

    if (!check_word(key, word, "\"<>\\^`{|}", err))
        return false;
    return (colon && colon != word && colon[1] && !strchr(word, '#')) ||
           error_set(err, ERROR_USAGE, "%s must be absolute URIs without a fragment, not '%s'", key, word);
}

static bool check_element(const char *key, const char *word, struct error *err)
{
    return strcmp(key, "resources") == 0 ? check_resource(key, word, err)
                                         : check_word(key, word, "\"\\", err);
}

static bool set_list(struct json *object, const char *key, const char *text, struct error *err)
{
    _cleanup_free_ char *words = memory_duplicate(text);
    _cleanup_list_ struct list list = LIST_EMPTY;

    for (char *c = words; *c; c++)
        if (strchr(",\t\n", *c))
            *c = ' ';
    list_add_words(&list, words);
    for (size_t i = 0; i < list.count; i++)
        if (!check_element(key, list.items[i], err))
            return false;
    json_set_list(object, key, &list);
    return true;
}

static bool set_id(struct json *object, const char *key, const char *text, struct error *err)
{
    if (!check_word(key, text, "", err))
        return false;
    json_set_string(object, key, text);
    return true;
}

static bool set_switch(struct json *object, const char *key, const char *text, struct error *err)
{
    bool on = strcmp(text, "true") == 0;

    if (!on && strcmp(text, "false") != 0)
        return error_set(err, ERROR_USAGE, "%s must be true or false, not '%s'", key, text);
    json_set_boolean(object, key, on);
    return true;
}

static bool set_number(struct json *object, const char *key, const char *text, struct error *err)
{
    int64_t number;

    if (!number_parse(text, 0, INT32_MAX, &number))
        return error_set(err, ERROR_USAGE, "%s must be a number, not '%s'", key, text);
    json_set_integer(object, key, number);
    return true;
}

static bool set_value(struct json *object, const char *key, enum key_kind kind, const char *text,
                      struct error *err)
{
    switch (kind) {
    case KEY_LIST:
        return set_list(object, key, text, err);
    case KEY_ID:
        return set_id(object, key, text, err);
    case KEY_SWITCH:
        return set_switch(object, key, text, err);
    case KEY_NUMBER:
        return set_number(object, key, text, err);
    case KEY_TEXT:
        break;
    }
    json_set_string(object, key, text);
    return true;
}

/* Reads the profile back, so that an unusable value is refused now. */
static bool read_back(const struct json *object, struct profile *out, struct error *err)
{
    if (profile_read("new", object, out, err) && store_kind_find(store_kinds, out->store, err))
        return true;
    return error_change_code(err, ERROR_USAGE);
}

bool profile_key_set(struct json *object, const char *key, const char *text, struct error *err)
{
    _cleanup_json_ struct json *trial = json_copy(object);
    _cleanup_profile_ struct profile profile = PROFILE_EMPTY;
    enum key_kind kind = KEY_TEXT;

    if (!find_key(key, &kind, err) || !set_value(trial, key, kind, text, err) ||
        !read_back(trial, &profile, err))
        return false;
    if (strcmp(key, "endpoint") == 0)
        text = profile.endpoint; /* in its canonical form */
    return set_value(object, key, kind, text, err);
}

bool profile_key_unset(struct json *object, const char *key, struct error *err)
{
    enum key_kind kind;

    if (!find_key(key, &kind, err))
        return false;
    json_remove(object, key);
    return true;
}
