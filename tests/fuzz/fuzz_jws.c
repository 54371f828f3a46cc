/*
 * The input is a token, or a token, a line break and a key set; without one a fixed set is used. Only the
 * tokens of the corpus may be valid by the fixed keys: whoever finds another one has forged a signature.
 */
#include "fuzz.h"

#include "../unit/jws_vectors.h"
#include "crypto/jws.h"

static const char *const genuine[] = {JOSE_RS256, JOSE_PS256, JOSE_ES256, JOSE_ES384,
                                      JOSE_ES512, NODE_PS256, NODE_ES384, NODE_ES384_NO_KID};

static struct jwk_set *parse_keys(const char *text, size_t size)
{
    struct error err;
    _cleanup_json_ struct json *document = json_parse(text, size, &err);

    return document ? jwk_set_parse(document, &err) : NULL;
}

static bool is_genuine(const char *token, size_t size)
{
    for (size_t i = 0; i < ARRAY_SIZE(genuine); i++)
        if (strlen(genuine[i]) == size && memcmp(genuine[i], token, size) == 0)
            return true;
    return false;
}

static enum jws_verdict verify(const char *token, size_t size, const struct jwk_set *keys)
{
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;
    struct error err;
    char detail[64] = "";
    enum jws_verdict verdict;

    if (!keys || !jwt_decode(token, size, &jwt, &err))
        return JWS_BAD_SIGNATURE;
    verdict = jws_verify(&jwt, keys, detail, sizeof(detail));
    CHECK(detail[0] && strlen(detail) < sizeof(detail) && !strchr(detail, '\n'));
    CHECK(verdict == JWS_UNSUPPORTED_ALGORITHM || jws_algorithm_supported(json_string(jwt.header, "alg")));
    return verdict;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct jwk_set *fixed;
    const char *token = (const char *)data;
    const char *line_break = memchr(data, '\n', size);
    size_t token_size = line_break ? (size_t)(line_break - token) : size;

    if (!fixed)
        fixed = parse_keys(JOSE_KEY_SET, strlen(JOSE_KEY_SET));
    CHECK(verify(token, token_size, fixed) != JWS_VALID || is_genuine(token, token_size));
    if (line_break) {
        struct jwk_set *keys = parse_keys(line_break + 1, size - token_size - 1);

        verify(token, token_size, keys);
        jwk_set_free(&keys);
    }
    return 0;
}
