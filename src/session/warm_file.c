#include "session/warm_file.h"

#include "crypto/seal.h"
#include "session/session_json.h"

#include <string.h>

#define MAGIC "logtoW1" /* with its NUL, 8 bytes; the digit is the version */
#define HEADER_LENGTH (sizeof(MAGIC) + SEAL_NONCE_LENGTH)

/* The header and the session's name, which the ciphertext is bound to. */
static bool append_context(const char *nonce, const struct buffer *name, struct buffer *out,
                           struct error *err)
{
    return buffer_append(out, MAGIC, sizeof(MAGIC), err) &&
           buffer_append(out, nonce, SEAL_NONCE_LENGTH, err) &&
           buffer_append(out, name->data, name->length, err);
}

/* What a reader needs. Neither the refresh token nor the app secret leaves the store. */
static struct secret *encode(const struct session *session)
{
    struct session shown = *session;

    shown.refresh_token = NULL;
    shown.app_secret = NULL;
    return session_encode(&shown);
}

bool warm_file_encode(struct system *system, const struct secret *key, const struct buffer *name,
                      const struct session *session, struct buffer *out, struct error *err)
{
    _cleanup_secret_ struct secret *text = encode(session);
    _cleanup_buffer_ struct buffer context = BUFFER(WARM_FILE_MAXIMUM);
    char nonce[SEAL_NONCE_LENGTH];

    return system->random(system, nonce, sizeof(nonce), err) && append_context(nonce, name, &context, err) &&
           buffer_append(out, context.data, HEADER_LENGTH, err) &&
           seal_encrypt(secret_text(key), (const unsigned char *)nonce,
                        (struct seal_context){context.data, context.length}, text, out, err);
}

bool warm_file_decode(const struct secret *key, const struct buffer *name, const struct buffer *file,
                      struct session *out, struct error *err)
{
    const char *nonce = buffer_text(file) + sizeof(MAGIC), *sealed = buffer_text(file) + HEADER_LENGTH;
    _cleanup_buffer_ struct buffer context = BUFFER(WARM_FILE_MAXIMUM);
    _cleanup_secret_ struct secret *text = NULL;

    if (secret_length(key) != SEAL_KEY_LENGTH || file->length < HEADER_LENGTH ||
        memcmp(buffer_text(file), MAGIC, sizeof(MAGIC)) != 0)
        return error_set(err, ERROR_PROTOCOL, "not a file of warm tokens, or of another version");
    if (!append_context(nonce, name, &context, err))
        return false;
    text = seal_decrypt(secret_text(key), (const unsigned char *)nonce,
                        (struct seal_context){context.data, context.length}, sealed,
                        file->length - HEADER_LENGTH, err);
    return text && session_decode(text, out, err);
}
