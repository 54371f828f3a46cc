/* No document makes more usable keys than it has, and no kid is there without one. */
#include "fuzz.h"

#include "crypto/jwk.h"

static void check_set(const struct json *document, const struct jwk_set *set)
{
    const struct json *keys = json_member(document, "keys");
    size_t elements = 0;
    size_t usable_kids = 0;

    for (const struct json *key = json_first(keys); key; key = json_next(key)) {
        elements++;
        if (json_string(key, "kid"))
            usable_kids += jwk_set_has(set, json_string(key, "kid"));
    }
    if (!json_is_array(keys))
        elements = 1;
    CHECK(jwk_set_count(set) <= elements && jwk_set_count(set) <= JWK_SET_MAXIMUM);
    CHECK(jwk_set_count(set) > 0 || usable_kids == 0);
    CHECK(!jwk_set_has(set, "a kid that is nowhere in the corpus"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {.message = ""};
    _cleanup_json_ struct json *document = json_parse((const char *)data, size, &err);
    _cleanup_jwk_set_ struct jwk_set *set = document ? jwk_set_parse(document, &err) : NULL;

    if (set)
        check_set(document, set);
    else
        CHECK(err.code == ERROR_PROTOCOL && err.message[0]);
    return 0;
}
