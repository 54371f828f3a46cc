#include "store/passphrase_key.h"

#include "base/kernel_key.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST 7200 /* s after it was typed that a key is kept, however often it is used */
#define ATTEMPTS 3   /* at typing the passphrase */

/* ---- the kernel's keyring: the moment at which the key must be gone, then the key ---- */

static int64_t now(const struct passphrase_key *self)
{
    return self->settings->system->now(self->settings->system);
}

/* How long a key may stay from now on; 0 when it may not. */
static int64_t time_left(const struct passphrase_key *self, int64_t end)
{
    int64_t left = end - now(self);
    int64_t cache = self->settings->passphrase->cache;

    if (left <= 0 || left > LONGEST) /* the clock was set back */
        return 0;
    return left < cache ? left : cache;
}

static void remember(const struct passphrase_key *self, const char *item)
{
    int64_t end = now(self) + LONGEST;
    int64_t left = time_left(self, end);
    _cleanup_buffer_ struct buffer bytes = BUFFER(KERNEL_KEY_MAXIMUM);
    _cleanup_secret_ struct secret *value = NULL;
    struct error err;

    if (left == 0 || !buffer_append(&bytes, &end, sizeof(end), NULL) ||
        !buffer_append(&bytes, secret_text(self->key), secret_length(self->key), NULL))
        return;
    value = secret_new(bytes.data, bytes.length);
    if (!kernel_key_write(item, value, left, &err))
        log_decision("the passphrase will be asked for again: %s", err.message);
}

/* Whether the keyring has the document's key. Using it is what keeps it there. */
static bool recall(struct passphrase_key *self, const char *item, const struct buffer *document, size_t start)
{
    _cleanup_secret_ struct secret *value = NULL, *key = NULL;
    int64_t end = 0, left;

    if (self->settings->passphrase->cache == 0 || !kernel_key_read(item, &value, NULL) ||
        secret_length(value) < sizeof(end))
        return false;
    memcpy(&end, secret_text(value), sizeof(end));
    left = time_left(self, end);
    key = secret_new(secret_text(value) + sizeof(end), secret_length(value) - sizeof(end));
    if (left == 0 || !self->settings->seal->key_fits(key, document, start))
        return false;
    kernel_key_set_timeout(item, left, NULL);
    secret_free(&self->key);
    self->key = TAKE(key);
    return true;
}

void passphrase_key_forget(const char *item)
{
    kernel_key_remove(item, NULL);
}

/* ---- passphrases ---- */

static struct secret *ask(const struct passphrase_key *self, const struct store_key *key,
                          enum passphrase_need need, struct error *err)
{
    struct passphrase_source *source = self->settings->passphrase;

    if (!self->settings->quiet && !source->silent)
        return source->ask(source, key, need, err);
    error_set(err, ERROR_STORE_LOCKED, "the session is locked with a passphrase");
    return NULL;
}

static void replace(struct passphrase_key *self, struct secret *key)
{
    secret_free(&self->key);
    self->key = key;
    free(TAKE(self->made_for));
}

static bool derive(struct passphrase_key *self, const struct buffer *document, size_t start,
                   const struct secret *passphrase, struct error *err)
{
    struct secret *key = self->settings->seal->key_derive(document, start, passphrase, err);

    if (key)
        replace(self, key);
    return key != NULL;
}

static bool derive_from_typed(struct passphrase_key *self, const struct store_key *key, const char *item,
                              const struct buffer *document, size_t start, struct error *err)
{
    struct error wrong = {.code = ERROR_STORE_LOCKED};

    for (int attempt = 0; attempt < ATTEMPTS && wrong.code == ERROR_STORE_LOCKED; attempt++) {
        _cleanup_secret_ struct secret *typed = ask(self, key, attempt ? PASSPHRASE_RETRY : PASSPHRASE_UNLOCK,
                                                    err);

        if (!typed)
            return false;
        if (derive(self, document, start, typed, &wrong)) {
            remember(self, item);
            return true;
        }
    }
    return error_set(err, wrong.code, "%s", wrong.message);
}

bool passphrase_key_find(struct passphrase_key *self, const struct store_key *key, const char *item,
                         const struct buffer *document, size_t start, struct error *err)
{
    struct passphrase_source *source = self->settings->passphrase;
    _cleanup_secret_ struct secret *given = NULL;

    if (self->settings->seal->key_fits(self->key, document, start))
        return true;
    if (!source->given(source, &given, err))
        return false;
    if (given)
        return derive(self, document, start, given, err);
    return recall(self, item, document, start) || derive_from_typed(self, key, item, document, start, err);
}

bool passphrase_key_make(struct passphrase_key *self, const struct store_key *key, const char *item,
                         struct error *err)
{
    struct passphrase_source *source = self->settings->passphrase;
    _cleanup_secret_ struct secret *passphrase = NULL;
    struct secret *made;
    bool typed;

    if (self->made_for && strcmp(self->made_for, item) == 0)
        return true;
    if (!source->given(source, &passphrase, err))
        return false;
    typed = !passphrase;
    if (typed && !(passphrase = ask(self, key, PASSPHRASE_NEW, err)))
        return false;
    made = self->settings->seal->key_new(self->settings->system, passphrase, err);
    if (!made)
        return false;
    replace(self, made);
    self->made_for = memory_duplicate(item);
    if (typed)
        remember(self, item);
    return true;
}

void passphrase_key_written(struct passphrase_key *self)
{
    free(TAKE(self->made_for));
}

void passphrase_key_release(struct passphrase_key *self)
{
    secret_free(&self->key);
    free(TAKE(self->made_for));
}
