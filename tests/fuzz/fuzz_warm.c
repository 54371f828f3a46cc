/*
 * A file of warm tokens. As it is (an even first byte) it opens only if it was sealed with the key, so never;
 * sealed with the key, its content is a session as the store has it, of which a copy has no refresh token.
 */
#include "world.h"

#include "crypto/seal.h"
#include "session/session_json.h"
#include "session/warm_file.h"

#define MAGIC "logtoW1"

static const char nonce[SEAL_NONCE_LENGTH] = "a nonce";

static void seal(const struct secret *key, const struct buffer *name, const struct secret *text,
                 struct buffer *file)
{
    struct buffer context = BUFFER(WARM_FILE_MAXIMUM);

    CHECK(buffer_append(file, MAGIC, sizeof(MAGIC), NULL) &&
          buffer_append(file, nonce, sizeof(nonce), NULL) &&
          buffer_append(&context, file->data, file->length, NULL) &&
          buffer_append(&context, name->data, name->length, NULL));
    CHECK(seal_encrypt(secret_text(key), (const unsigned char *)nonce,
                       (struct seal_context){context.data, context.length}, text, file, NULL));
    buffer_release(&context);
}

static void check_copy(const struct secret *key, const struct buffer *name, const struct session *session)
{
    _cleanup_session_ struct session copy = SESSION_EMPTY;
    _cleanup_buffer_ struct buffer file = BUFFER(WARM_FILE_MAXIMUM);
    struct fake_system system;

    fake_system_open(&system);
    CHECK(warm_file_encode(&system.system, key, name, session, &file, NULL));
    CHECK(warm_file_decode(key, name, &file, &copy, NULL));
    CHECK(!copy.refresh_token && !copy.app_secret);
    CHECK(secret_equal(copy.id_token, session->id_token) && copy.token_count == session->token_count);
}

static void check_content(const struct secret *key, const struct buffer *name, const struct secret *text)
{
    _cleanup_session_ struct session session = SESSION_EMPTY, stored = SESSION_EMPTY;
    _cleanup_buffer_ struct buffer file = BUFFER(WARM_FILE_MAXIMUM);
    struct error err = {.code = ERROR_NONE};
    bool ok;

    seal(key, name, text, &file);
    ok = warm_file_decode(key, name, &file, &session, &err);
    CHECK(ok == session_decode(text, &stored, NULL));
    if (ok)
        check_copy(key, name, &session);
    else
        fuzz_check_error(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_secret_ struct secret *key = secret_from_text("0123456789abcdef0123456789abcdef");
    _cleanup_buffer_ struct buffer name = BUFFER(64), file = BUFFER(WARM_FILE_MAXIMUM);
    _cleanup_session_ struct session session = SESSION_EMPTY;
    struct error err = {.code = ERROR_NONE};
    bool is_content = fuzz_take_byte(&data, &size) & 1;

    CHECK(buffer_append_text(&name, "default", NULL));
    if (size > WARM_FILE_MAXIMUM / 2)
        return 0;
    if (is_content) {
        _cleanup_secret_ struct secret *text = secret_new(data, size);

        check_content(key, &name, text);
        return 0;
    }
    CHECK(buffer_append(&file, data, size, NULL));
    CHECK(!warm_file_decode(key, &name, &file, &session, &err));
    fuzz_check_error(&err);
    CHECK(!session.profile);
    return 0;
}
