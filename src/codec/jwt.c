#include "codec/jwt.h"

#include "codec/base64url.h"

#include <string.h>

static size_t count_dots(const char *text, size_t length)
{
    size_t count = 0;

    for (size_t i = 0; i < length; i++)
        count += text[i] == '.';
    return count;
}

static bool check_form(const char *text, size_t length, struct error *err)
{
    size_t dots;

    if (length == 0)
        return error_set(err, ERROR_PROTOCOL, "the token is empty");
    if (length > JWT_LENGTH_MAXIMUM)
        return error_set(err, ERROR_PROTOCOL, "the token is longer than %zu bytes", JWT_LENGTH_MAXIMUM);
    dots = count_dots(text, length);
    if (dots == 4)
        return error_set(err, ERROR_PROTOCOL,
                         "the token is encrypted (JWE, five parts); only signed tokens can be verified");
    if (dots != 2)
        return error_set(err, ERROR_PROTOCOL, "a JWT must have three parts, not %zu", dots + 1);
    return true;
}

/* Decodes a part that must be a JSON object; `what` names it. */
static struct json *decode_object(const char *part, size_t length, const char *what, struct error *err)
{
    _cleanup_buffer_ struct buffer text = BUFFER(JWT_LENGTH_MAXIMUM);
    _cleanup_json_ struct json *value = NULL;

    if (base64url_decode(part, length, &text, err))
        value = json_parse(buffer_text(&text), text.length, err);
    if (!value) {
        error_context(err, "the token's %s", what);
        return NULL;
    }
    if (!json_is_object(value)) {
        error_set(err, ERROR_PROTOCOL, "the token's %s: not a JSON object", what);
        return NULL;
    }
    return TAKE(value);
}

static bool decode_parts(const char *text, size_t length, struct jwt *out, struct error *err)
{
    const char *payload = (const char *)memchr(text, '.', length) + 1;
    const char *signature = (const char *)memchr(payload, '.', length - (size_t)(payload - text)) + 1;

    out->header = decode_object(text, (size_t)(payload - text) - 1, "header", err);
    if (!out->header)
        return false;
    out->claims = decode_object(payload, (size_t)(signature - payload) - 1, "payload", err);
    if (!out->claims)
        return false;
    if (!base64url_decode(signature, length - (size_t)(signature - text), &out->signature, err))
        return error_context(err, "the token's signature");
    return buffer_append(&out->signing_input, text, (size_t)(signature - text) - 1, err);
}

bool jwt_decode(const char *text, size_t length, struct jwt *out, struct error *err)
{
    if (check_form(text, length, err) && decode_parts(text, length, out, err))
        return true;
    jwt_release(out);
    return false;
}

void jwt_release(struct jwt *jwt)
{
    json_free(&jwt->header);
    json_free(&jwt->claims);
    buffer_release(&jwt->signing_input);
    buffer_release(&jwt->signature);
}
