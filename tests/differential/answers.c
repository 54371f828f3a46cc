/*
 * What the modules say to input from another program (requests.h):
 *
 *     json TEXT                        the value in compact form, or "refused: why"
 *     url TEXT                         the URL in canonical form, or "refused: why"
 *     jwt KEYS TOKEN                   "valid: by what" or "refused: why"; the payload must be a JSON object
 *     jws KEYS TOKEN                   the same, of any payload
 *     signature KEYS HEADER INPUT SIG  the same, of a signature over bytes that need not be a token's
 */
#include "base/memory.h"
#include "codec/base64url.h"
#include "codec/url.h"
#include "crypto/jws.h"
#include "requests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void refuse(const struct error *err)
{
    printf("refused: %s\n", err->message);
}

static void answer_json(const struct request *request)
{
    struct error err = {.message = ""};
    _cleanup_json_ struct json *value = json_parse(request_field(request, 0), request->fields[0].length,
                                                   &err);
    char *text;

    if (!value) {
        refuse(&err);
        return;
    }
    text = json_print(value, false);
    puts(text);
    free(text);
}

static void answer_url(const struct request *request)
{
    struct error err = {.message = ""};
    _cleanup_buffer_ struct buffer written = BUFFER(URL_MAXIMUM);
    struct url url;

    if (request_has_nul(request, 0))
        puts("refused: a NUL, which no C string carries");
    else if (!url_parse(request_field(request, 0), &url, &err) || !url_format(&written, &url, &err))
        refuse(&err);
    else
        puts(buffer_text(&written));
}

static void answer_verdict(const char *keys, const struct jwt *jwt)
{
    struct error err = {.message = ""};
    char detail[200] = "";
    _cleanup_json_ struct json *document = json_parse(keys, strlen(keys), &err);
    _cleanup_jwk_set_ struct jwk_set *set = document ? jwk_set_parse(document, &err) : NULL;
    enum jws_verdict verdict;

    if (!set) {
        refuse(&err);
        return;
    }
    verdict = jws_verify(jwt, set, detail, sizeof(detail));
    printf("%s: %s\n", verdict == JWS_VALID ? "valid" : "refused", detail);
}

static void answer_jwt(const struct request *request)
{
    struct error err = {.message = ""};
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;

    if (jwt_decode(request_field(request, 1), request->fields[1].length, &jwt, &err))
        answer_verdict(request_field(request, 0), &jwt);
    else
        refuse(&err);
}

static bool decode_header(const char *text, size_t length, struct jwt *jwt, struct error *err)
{
    jwt->header = json_parse(text, length, err);
    if (jwt->header && !json_is_object(jwt->header))
        return error_set(err, ERROR_PROTOCOL, "the header is not a JSON object");
    return jwt->header != NULL;
}

/* jwt_decode() without the demand that the payload be JSON. */
static bool decode_jws(const char *token, size_t length, struct jwt *jwt, struct error *err)
{
    _cleanup_buffer_ struct buffer header = BUFFER(JWT_LENGTH_MAXIMUM);
    _cleanup_buffer_ struct buffer payload = BUFFER(JWT_LENGTH_MAXIMUM);
    const char *dot = strchr(token, '.');
    const char *last = strrchr(token, '.');

    if (!dot || dot == last || strlen(token) != length || memchr(dot + 1, '.', (size_t)(last - dot) - 1))
        return error_set(err, ERROR_PROTOCOL, "not three parts");
    return base64url_decode(token, (size_t)(dot - token), &header, err) &&
           base64url_decode(dot + 1, (size_t)(last - dot) - 1, &payload, err) &&
           base64url_decode(last + 1, strlen(last + 1), &jwt->signature, err) &&
           buffer_append(&jwt->signing_input, token, (size_t)(last - token), err) &&
           decode_header(buffer_text(&header), header.length, jwt, err);
}

static void answer_jws(const struct request *request)
{
    struct error err = {.message = ""};
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;

    if (decode_jws(request_field(request, 1), request->fields[1].length, &jwt, &err))
        answer_verdict(request_field(request, 0), &jwt);
    else
        refuse(&err);
}

static void answer_signature(const struct request *request)
{
    struct error err = {.message = ""};
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;

    if (decode_header(request_field(request, 1), request->fields[1].length, &jwt, &err) &&
        buffer_append(&jwt.signing_input, request_field(request, 2), request->fields[2].length, &err) &&
        buffer_append(&jwt.signature, request_field(request, 3), request->fields[3].length, &err))
        answer_verdict(request_field(request, 0), &jwt);
    else
        refuse(&err);
}

static const struct operation operations[] = {
    {"json", 1, answer_json},
    {"url", 1, answer_url},
    {"jwt", 2, answer_jwt},
    {"jws", 2, answer_jws},
    {"signature", 4, answer_signature},
};

int main(void)
{
    return answer_requests(operations, ARRAY_SIZE(operations));
}
