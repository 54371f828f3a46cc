#include "crypto/key.h"
#include "crypto/libcrypto.h"
#include "crypto/start.h"

#include <stdlib.h>
#include <string.h>

static bool absent_or(const struct json *jwk, const char *name, const char *text)
{
    const struct json *member = json_member(jwk, name);

    return !member || (json_text(member) && strcmp(json_text(member), text) == 0);
}

/* RFC 7517, 4.2 and 4.3. */
static bool may_verify(const struct json *jwk)
{
    _cleanup_list_ struct list operations = LIST_EMPTY;

    if (!absent_or(jwk, "use", "sig"))
        return false;
    if (!json_member(jwk, "key_ops"))
        return true;
    json_strings(jwk, "key_ops", &operations);
    return list_contains(&operations, "verify");
}

static bool find_curve(const char *name, enum key_kind *kind)
{
    static const enum key_kind curves[] = {KEY_P256, KEY_P384, KEY_P521};

    for (size_t i = 0; name && i < ARRAY_SIZE(curves); i++) {
        if (strcmp(key_kind_name(curves[i]), name) == 0) {
            *kind = curves[i];
            return true;
        }
    }
    return false;
}

static bool find_kind(const struct json *jwk, enum key_kind *kind)
{
    const char *type = json_string(jwk, "kty");

    if (type && strcmp(type, "RSA") == 0) {
        *kind = KEY_RSA;
        return true;
    }
    return type && strcmp(type, "EC") == 0 && find_curve(json_string(jwk, "crv"), kind);
}

/* Fills in all but `kid`; returns why the key is unusable, or NULL. */
static const char *prepare(struct jwk *out, const struct json *jwk)
{
    const char *why = NULL;

    if (json_member(jwk, "kid") && !json_string(jwk, "kid"))
        return "kid must be a string";
    if (!may_verify(jwk))
        return "its use or key_ops excludes verifying signatures";
    if (!find_kind(jwk, &out->kind))
        return "unsupported key type or curve";
    out->only = algorithm_find(json_string(jwk, "alg"));
    if (json_member(jwk, "alg") && (!out->only || out->only->kind != out->kind))
        return "its alg is unsupported or does not match its type";
    out->key = out->kind == KEY_RSA ? key_from_rsa(jwk, &why) : key_from_point(jwk, out->kind, &why);
    if (!out->key)
        openssl.ERR_clear_error(); /* or libcurl would find our errors */
    return why;
}

static void add(struct jwk_set *set, const struct json *jwk)
{
    struct jwk *key = &set->keys[set->count++];

    key->kid = memory_duplicate(json_string(jwk, "kid"));
    key->unusable = prepare(key, jwk);
}

static struct jwk_set *make_set(size_t count)
{
    return memory_allocate(1, sizeof(struct jwk_set) + count * sizeof(struct jwk));
}

static struct jwk_set *parse_array(const struct json *keys, struct error *err)
{
    struct jwk_set *set;
    size_t count = 0;

    for (const struct json *key = json_first(keys); key; key = json_next(key))
        count++;
    if (count > JWK_SET_MAXIMUM) {
        error_set(err, ERROR_PROTOCOL, "the key set has more than %d keys", JWK_SET_MAXIMUM);
        return NULL;
    }
    set = make_set(count);
    for (const struct json *key = json_first(keys); key; key = json_next(key))
        add(set, key);
    return set;
}

struct jwk_set *jwk_set_parse(const struct json *document, struct error *err)
{
    struct jwk_set *set;

    crypto_start();
    if (json_is_array(json_member(document, "keys")))
        return parse_array(json_member(document, "keys"), err);
    if (!json_string(document, "kty")) {
        error_set(err, ERROR_PROTOCOL, "not a key set: missing \"keys\" or \"kty\"");
        return NULL;
    }
    set = make_set(1);
    add(set, document);
    return set;
}

size_t jwk_set_count(const struct jwk_set *set)
{
    size_t count = 0;

    for (size_t i = 0; i < set->count; i++)
        count += !set->keys[i].unusable;
    return count;
}

bool jwk_set_has(const struct jwk_set *set, const char *kid)
{
    for (size_t i = 0; i < set->count; i++)
        if (!set->keys[i].unusable && set->keys[i].kid && strcmp(set->keys[i].kid, kid) == 0)
            return true;
    return false;
}

void jwk_set_free(struct jwk_set **set)
{
    for (size_t i = 0; *set && i < (*set)->count; i++) {
        free((*set)->keys[i].kid);
        openssl.EVP_PKEY_free((*set)->keys[i].key);
    }
    free(*set);
    *set = NULL;
}
