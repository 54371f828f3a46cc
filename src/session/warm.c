#include "session/warm.h"

#include "base/environment.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/kernel_key.h"
#include "base/log.h"
#include "crypto/seal.h"
#include "session/warm_file.h"

#include <inttypes.h>
#include <string.h>

static bool check_on(const struct profile *profile, struct error *err)
{
    const char *variable = environment_value("LOGTO_WARM");

    if (variable && strcmp(variable, "0") == 0)
        return error_set(err, ERROR_CONFIG, "LOGTO_WARM is 0");
    if (!profile->warm)
        return error_set(err, ERROR_CONFIG, "\"warm\" is false in the profile");
    return profile->passphrase_cache > 0 ||
           error_set(err, ERROR_CONFIG, "\"passphraseCache\" is 0 in the profile");
}

/* Where the tokens of one session are. */
struct place {
    struct buffer name; /* everything that makes it another session */
    uint64_t hash; /* of the name, for file and key; a collision is found out, as the file says the name */
    char *key;     /* description of the key */
};

#define PLACE_EMPTY                                                                                          \
    {                                                                                                        \
        .name = BUFFER((size_t)64 * 1024)                                                                    \
    }
#define _cleanup_place_ _cleanup_(release_place)

static void release_place(struct place *place)
{
    buffer_release(&place->name);
    memory_free_pointer(&place->key);
}

/* Each with its NUL, so that no two lists are the same bytes. */
static bool name_place(struct place *place, const char *const *texts, size_t count, struct error *err)
{
    place->hash = HASH_START;
    for (size_t i = 0; i < count; i++) {
        if (!buffer_append(&place->name, texts[i], strlen(texts[i]) + 1, err))
            return false;
        place->hash = hash_text(place->hash, texts[i]);
    }
    place->key = memory_format("logto:warm:%016" PRIx64, place->hash);
    return true;
}

/* Outside the session's own values it is configuration and data directory that tell one from another. */
static bool find_place(const struct profile *profile, struct place *out, struct error *err)
{
    _cleanup_free_ char *config = file_path(FILE_CONFIG, "config.json", err);
    _cleanup_free_ char *data = config ? file_path(FILE_DATA, "", err) : NULL;
    const char *const texts[] = {profile->name,  profile->issuer, profile_app(profile),
                                 profile->store, config,          data};

    if (!data)
        return false;
    if (!profile->issuer || !profile_app(profile))
        return error_set(err, ERROR_CONFIG, "the profile is not set up");
    return name_place(out, texts, ARRAY_SIZE(texts), err);
}

static char *find_file(const struct place *place, struct error *err)
{
    _cleanup_free_ char *name = memory_format("%016" PRIx64 ".warm", place->hash);

    return file_path(FILE_RUNTIME, name, err);
}

/* ---- reading ---- */

static bool read_file(const struct place *place, struct buffer *out, struct error *err)
{
    _cleanup_free_ char *path = find_file(place, err);
    bool exists;

    return path && file_read(path, FILE_OWN, out, &exists, err) &&
           (exists || error_set(err, ERROR_IO, "none are kept"));
}

static bool read_tokens(const struct profile *profile, struct session *out, struct error *err)
{
    _cleanup_place_ struct place place = PLACE_EMPTY;
    _cleanup_secret_ struct secret *key = NULL;
    _cleanup_buffer_ struct buffer file = BUFFER(WARM_FILE_MAXIMUM);

    return check_on(profile, err) && find_place(profile, &place, err) && read_file(&place, &file, err) &&
           kernel_key_read(place.key, &key, err) && warm_file_decode(key, &place.name, &file, out, err);
}

bool warm_read(const struct profile *profile, struct session *out)
{
    struct error why;

    if (read_tokens(profile, out, &why))
        return true;
    log_decision("no warm tokens: %s", why.message);
    return false;
}

static int64_t last_expiry(const struct session *session)
{
    int64_t last = 0;

    (void)json_numeric_date(session->claims, "exp", &last);
    for (size_t i = 0; i < session->token_count; i++)
        if (session->tokens[i].expires_at > last)
            last = session->tokens[i].expires_at;
    return last;
}

int64_t warm_until(const struct interfaces *interfaces, const struct profile *profile)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;
    struct system *system = interfaces->system;
    int64_t last = warm_read(profile, &session) ? last_expiry(&session) : 0;

    return last > system->now(system) ? last : 0;
}

/* ---- writing ---- */

static struct secret *make_key(struct system *system, const char *description, int64_t seconds,
                               struct error *err)
{
    char bytes[SEAL_KEY_LENGTH];
    struct secret *key;

    if (!system->random(system, bytes, sizeof(bytes), err))
        return NULL;
    key = secret_new(bytes, sizeof(bytes));
    explicit_bzero(bytes, sizeof(bytes));
    if (!kernel_key_write(description, key, seconds, err))
        secret_free(&key);
    return key;
}

/* The same as long as the session lasts: a reader never finds a file that goes with another key. */
static struct secret *obtain_key(struct system *system, const char *description, int64_t seconds,
                                 struct error *err)
{
    struct secret *key = NULL;

    if (kernel_key_read(description, &key, NULL) && secret_length(key) == SEAL_KEY_LENGTH &&
        kernel_key_set_timeout(description, seconds, NULL))
        return key;
    secret_free(&key);
    return make_key(system, description, seconds, err);
}

static bool write_tokens(struct system *system, const struct profile *profile, const struct session *session,
                         struct error *err)
{
    int64_t seconds = last_expiry(session) - system->now(system);
    _cleanup_place_ struct place place = PLACE_EMPTY;
    _cleanup_free_ char *path = NULL;
    _cleanup_secret_ struct secret *key = NULL;
    _cleanup_buffer_ struct buffer file = BUFFER(WARM_FILE_MAXIMUM);

    if (session->unproven || seconds <= 0)
        return error_set(err, ERROR_PROTOCOL, "no token of the session can be used");
    if (!check_on(profile, err) || !find_place(profile, &place, err) || !(path = find_file(&place, err)) ||
        !(key = obtain_key(system, place.key, seconds, err)))
        return false;
    FAULT_POINT("warm_key_kept");
    return warm_file_encode(system, key, &place.name, session, &file, err) &&
           file_write(path, FILE_OWN, file.data, file.length, err);
}

void warm_write(const struct interfaces *interfaces, const struct profile *profile,
                const struct session *session)
{
    struct error why;

    if (write_tokens(interfaces->system, profile, session, &why))
        return;
    log_decision("the tokens are not kept warm: %s", why.message);
    warm_drop(profile);
}

/* The key first: without it the file is worth nothing, should its directory not be known here (cron). */
void warm_drop(const struct profile *profile)
{
    _cleanup_place_ struct place place = PLACE_EMPTY;
    _cleanup_free_ char *path = NULL;
    struct error why;

    if (!find_place(profile, &place, NULL))
        return;
    if (!kernel_key_remove(place.key, &why))
        log_decision("%s", why.message);
    FAULT_POINT("warm_key_removed");
    path = find_file(&place, NULL);
    if (path && !file_remove(path, &why))
        log_decision("%s", why.message);
}
