/*
 * One file for each item. Its first line is a JSON object that says whose it is, so that names may hold any
 * character and the items can be listed while they are locked. Behind it comes what is stored: as it is, or
 * sealed together with that line.
 */
#include "store/store.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/shell.h"
#include "codec/json.h"
#include "store/passphrase_key.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_VERSION 1
#define DOCUMENT_MAXIMUM ((size_t)4 * 1024 * 1024)
#define GROWTH_MAXIMUM ((size_t)64 * 1024) /* by which one save usually makes a file longer */

struct store_file {
    struct store store;
    struct store_settings settings;
    struct passphrase_key key;
    const char *suffix;
    bool is_sealed;
};

/* An item's file, while an operation works on it. */
struct item {
    const struct store_key *key;
    char *name; /* of the file; for the kernel's keyring too */
    char *path;
    struct buffer document;
    size_t start; /* of what comes behind the first line */
    bool exists;
};

#define _cleanup_item_ _cleanup_(release_item)

static void release_item(struct item *item)
{
    free(item->name);
    free(item->path);
    buffer_release(&item->document);
}

static struct store_file *self_of(struct store *store)
{
    return (struct store_file *)store;
}

/* ---- errors ---- */

static bool fail_damaged(const struct item *item, const char *why, struct error *err)
{
    _cleanup_free_ char *profile = shell_quote(item->key->profile);

    error_set(err, ERROR_STORE_UNAVAILABLE, "the session file %s is damaged: %s", item->path, why);
    return error_hint(
        err, "restore it from a backup, or forget the session: logto logout --local --profile %s", profile);
}

static bool fail_wrong_passphrase(const struct item *item, struct error *err)
{
    _cleanup_free_ char *profile = shell_quote(item->key->profile);

    error_context(err, "the session of the profile '%s' stays locked", item->key->profile);
    return error_hint(err, "try again; if the passphrase is lost: logto logout --local --profile %s",
                      profile);
}

/* What goes wrong with the key or with what it opens: damage, a wrong passphrase, or the source's own. */
static bool fail_unlocking(const struct item *item, const struct error *why, struct error *err)
{
    if (why->code == ERROR_PROTOCOL)
        return fail_damaged(item, why->message, err);
    if (err)
        *err = *why;
    return why->code == ERROR_STORE_LOCKED && !why->hint[0] ? fail_wrong_passphrase(item, err) : false;
}

/* A file that can't be used is a store that can't be used. */
static bool fail_file(struct error *err)
{
    if (err && err->code != ERROR_CONFIG)
        err->code = ERROR_STORE_UNAVAILABLE;
    return false;
}

/* ---- the first line ---- */

static bool append_names(const struct store_file *self, const struct store_key *key, size_t length,
                         struct buffer *out, struct error *err)
{
    _cleanup_json_ struct json *names = json_object();
    char *line;
    bool ok;

    json_set_integer(names, "version", FORMAT_VERSION);
    json_set_string(names, "profile", key->profile);
    json_set_string(names, "issuer", key->issuer);
    json_set_string(names, "app_id", key->app_id);
    if (!self->is_sealed)
        json_set_integer(names, "length", (int64_t)length); /* nothing else tells that something is missing */
    line = json_print(names, false);
    ok = buffer_append_text(out, line, err) && buffer_append_text(out, "\n", err);
    free(line);
    return ok;
}

/* The object in the first line, and where the rest starts; NULL when there is none. */
static struct json *parse_names(const struct buffer *document, size_t *start)
{
    const char *end = document->length ? memchr(document->data, '\n', document->length) : NULL;
    struct json *names = end ? json_parse(document->data, (size_t)(end - document->data), NULL) : NULL;

    if (names)
        *start = (size_t)(end - document->data) + 1;
    return names;
}

static bool read_key(const struct json *names, struct store_key *out)
{
    *out = (struct store_key){json_string(names, "profile"), json_string(names, "issuer"),
                              json_string(names, "app_id")};
    return out->profile && out->issuer && out->app_id;
}

static const char *find_damage(const struct store_file *self, const struct item *item,
                               const struct json *names)
{
    const struct store_key *wanted = item->key;
    struct store_key found;
    int64_t number;

    if (!read_key(names, &found) || !json_integer(names, "version", &number))
        return "its first line says not whose it is";
    if (number != FORMAT_VERSION)
        return "it was written by another version of this program";
    if (strcmp(found.profile, wanted->profile) != 0 || strcmp(found.issuer, wanted->issuer) != 0 ||
        strcmp(found.app_id, wanted->app_id) != 0)
        return "it belongs to another session";
    if (!self->is_sealed &&
        (!json_integer(names, "length", &number) || number != (int64_t)(item->document.length - item->start)))
        return "it has not the length that it should have";
    return NULL;
}

/* ---- items ---- */

static bool open_item(const struct store_file *self, const struct store_key *key, struct item *item,
                      struct error *err)
{
    uint64_t hash = hash_text(hash_text(hash_text(HASH_START, key->profile), key->issuer), key->app_id);

    *item = (struct item){.key = key, .document = BUFFER(DOCUMENT_MAXIMUM)};
    item->name = memory_format("logto-session-%016" PRIx64 "%s", hash, self->suffix);
    item->path = file_path(FILE_DATA, item->name, err);
    return item->path != NULL;
}

/* Reads the item's file and checks that it is the item's. A missing one is no failure. */
static bool read_item(const struct store_file *self, struct item *item, struct error *err)
{
    _cleanup_json_ struct json *names = NULL;
    const char *damage;

    if (!file_read(item->path, FILE_OWN, &item->document, &item->exists, err))
        return fail_file(err);
    if (!item->exists)
        return true;
    names = parse_names(&item->document, &item->start);
    damage = find_damage(self, item, names);
    return !damage || fail_damaged(item, damage, err);
}

static bool unlock(struct store_file *self, const struct item *item, struct error *err)
{
    struct error why;

    return passphrase_key_find(&self->key, item->key, item->name, &item->document, item->start, &why) ||
           fail_unlocking(item, &why, err);
}

static struct secret *open_sealed(struct store_file *self, const struct item *item, struct error *err)
{
    struct secret *value;
    struct error why;

    if (!unlock(self, item, err))
        return NULL;
    value = self->settings.seal->open(self->key.key, &item->document, item->start, &why);
    if (!value)
        fail_unlocking(item, &why, err);
    return value;
}

static bool load(struct store *store, const struct store_key *key, struct secret **out, struct error *err)
{
    struct store_file *self = self_of(store);
    _cleanup_item_ struct item item;
    struct secret *value = NULL;

    if (!open_item(self, key, &item, err) || !read_item(self, &item, err))
        return false;
    if (item.exists && self->is_sealed && !(value = open_sealed(self, &item, err)))
        return false;
    if (item.exists && !self->is_sealed)
        value = secret_new(item.document.data + item.start, item.document.length - item.start);
    *out = value;
    return true;
}

/* ---- writing ---- */

/* The key to write with: that of the file that is there, which must be sound, or a new one. */
static bool find_key(struct store_file *self, const struct item *item, struct error *err)
{
    _cleanup_secret_ struct secret *ignored = NULL;

    if (!self->is_sealed)
        return true;
    if (!item->exists)
        return passphrase_key_make(&self->key, item->key, item->name, err);
    ignored = open_sealed(self, item, err);
    return ignored != NULL;
}

/* Appends the value, sealed. A key that was used as often as it may be is replaced. */
static bool append_sealed(struct store_file *self, const struct item *item, const struct secret *value,
                          struct buffer *out, struct error *err)
{
    const struct store_settings *settings = &self->settings;
    const struct buffer *previous = item->exists ? &item->document : NULL;
    struct error why;

    if (settings->seal->append(settings->system, self->key.key, previous, item->start, value, out, &why))
        return true;
    if (why.code == ERROR_STORE_LOCKED)
        return passphrase_key_make(&self->key, item->key, item->name, err) &&
               settings->seal->append(settings->system, self->key.key, NULL, 0, value, out, err);
    if (err)
        *err = why;
    return false;
}

static bool append_value(struct store_file *self, const struct item *item, const struct secret *value,
                         struct buffer *out, struct error *err)
{
    return self->is_sealed ? append_sealed(self, item, value, out, err)
                           : buffer_append(out, secret_text(value), secret_length(value), err);
}

static bool save(struct store *store, const struct store_key *key, const struct secret *value,
                 struct error *err)
{
    struct store_file *self = self_of(store);
    _cleanup_item_ struct item item;
    _cleanup_buffer_ struct buffer document = BUFFER(DOCUMENT_MAXIMUM);

    if (!open_item(self, key, &item, err) || !read_item(self, &item, err) || !find_key(self, &item, err))
        return false;
    if (!append_names(self, key, secret_length(value), &document, err) ||
        !append_value(self, &item, value, &document, err) ||
        !file_write(item.path, FILE_OWN, document.data, document.length, err))
        return fail_file(err);
    passphrase_key_written(&self->key);
    return true;
}

static bool prepare(struct store *store, const struct store_key *key, struct error *err)
{
    struct store_file *self = self_of(store);
    _cleanup_item_ struct item item;

    if (!open_item(self, key, &item, err) || !read_item(self, &item, err))
        return false;
    if (!file_probe(item.path, item.document.length + GROWTH_MAXIMUM, err))
        return fail_file(err);
    return find_key(self, &item, err);
}

static bool remove_item(struct store *store, const struct store_key *key, struct error *err)
{
    _cleanup_item_ struct item item;

    if (!open_item(self_of(store), key, &item, err))
        return false;
    if (!file_remove(item.path, err))
        return fail_file(err);
    passphrase_key_forget(item.name);
    return true;
}

/* ---- listing ---- */

static bool has_suffix(const char *name, const char *suffix)
{
    size_t length = strlen(name);

    return length >= strlen(suffix) && strcmp(name + length - strlen(suffix), suffix) == 0;
}

/* What can't be read has no name, and so it isn't an item. */
static void report_file(const char *path, void (*found)(void *data, const struct store_key *key), void *data)
{
    _cleanup_buffer_ struct buffer document = BUFFER(DOCUMENT_MAXIMUM);
    _cleanup_json_ struct json *names = NULL;
    struct store_key key;
    size_t start;
    bool exists;

    if (file_read(path, FILE_OWN, &document, &exists, NULL) && (names = parse_names(&document, &start)) &&
        read_key(names, &key))
        found(data, &key);
}

/* A killed login may leave an unfinished file of a session that no profile names, which nothing reads. */
static void tidy(const char *folder, const char *name)
{
    size_t length = strlen(name) - strlen(FILE_UNFINISHED);
    _cleanup_free_ char *path = memory_format("%s%.*s", folder, (int)length, name);

    file_tidy(path);
}

static bool list(struct store *store, void (*found)(void *data, const struct store_key *key), void *data,
                 struct error *err)
{
    const struct store_file *self = self_of(store);
    _cleanup_free_ char *folder = file_path(FILE_DATA, "", err);
    DIR *stream = folder ? opendir(folder) : NULL;

    if (!folder)
        return false;
    if (!stream)
        return errno == ENOENT || error_set_errno(err, ERROR_STORE_UNAVAILABLE, "cannot read %s", folder);
    for (const struct dirent *entry = readdir(stream); entry; entry = readdir(stream)) {
        _cleanup_free_ char *path = memory_format("%s%s", folder, entry->d_name);

        if (has_suffix(entry->d_name, self->suffix))
            report_file(path, found, data);
        else if (has_suffix(entry->d_name, FILE_UNFINISHED))
            tidy(folder, entry->d_name);
    }
    closedir(stream);
    return true;
}

/* ---- opening ---- */

static void close_store(struct store *store)
{
    passphrase_key_release(&self_of(store)->key);
    free(store);
}

static struct store *open_store(const struct store_settings *settings, bool is_sealed)
{
    struct store_file *self = memory_allocate(1, sizeof(*self));

    self->store = (struct store){.load = load,
                                 .save = save,
                                 .remove = remove_item,
                                 .prepare = prepare,
                                 .list = list,
                                 .close = close_store};
    self->settings = *settings;
    self->key.settings = &self->settings;
    self->is_sealed = is_sealed;
    self->suffix = is_sealed ? ".sealed" : ".plaintext";
    return &self->store;
}

struct store *store_file_open(const struct store_settings *settings)
{
    return open_store(settings, true);
}

struct store *store_plaintext_open(const struct store_settings *settings)
{
    return open_store(settings, false);
}
