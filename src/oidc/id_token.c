#include "oidc/id_token.h"

#include "oidc/keyset.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool refuse(struct error *err, const char *why)
{
    return error_set(err, ERROR_PROTOCOL, "%s", why);
}

static bool check_signature(const struct oidc *oidc, const struct provider *provider, const struct jwt *jwt,
                            struct error *err)
{
    _cleanup_keyset_ struct keyset keyset = {0};
    enum jws_verdict verdict;
    char detail[256];

    if (!keyset_load(oidc, provider->issuer, provider->jwks_uri, &keyset, err) ||
        !keyset_verify(oidc, &keyset, jwt, 0, &verdict, detail, sizeof(detail), err))
        return false;
    if (verdict == JWS_UNKNOWN_KEY && oidc->offline)
        return error_set(err, ERROR_NETWORK, "its key is not cached");
    return verdict == JWS_VALID || error_set(err, ERROR_PROTOCOL, "cannot verify its signature: %s", detail);
}

static bool check_issuer(const struct provider *provider, const struct jwt *jwt, struct error *err)
{
    const char *iss = json_string(jwt->claims, "iss");

    if (iss && strcmp(iss, provider->issuer) == 0)
        return true;
    if (!iss)
        return refuse(err, "missing 'iss'");
    return error_set(err, ERROR_PROTOCOL, "it was issued by %s, expected %s", iss, provider->issuer);
}

/* `aud` must contain our client id; with more audiences, `azp` must be it (3.1.3.7, items 3 to 5). */
static bool check_audience(const struct jwt *jwt, const char *client_id, struct error *err)
{
    _cleanup_list_ struct list audiences = LIST_EMPTY;
    const char *single = json_string(jwt->claims, "aud");
    const char *azp = json_string(jwt->claims, "azp");

    if (single)
        list_append(&audiences, single);
    json_strings(jwt->claims, "aud", &audiences);
    if (!list_contains(&audiences, client_id))
        return refuse(err, "it was issued for another app ('aud')");
    if (audiences.count > 1 && !azp)
        return refuse(err, "it was issued for several apps, but 'azp' is missing");
    if (azp && strcmp(azp, client_id) != 0)
        return refuse(err, "it was issued for another app ('azp')");
    return true;
}

/* The likeliest reason is a clock that is wrong, and the server may have said whose. */
static bool refuse_times(const struct oidc *oidc, struct error *err, const char *why)
{
    _cleanup_free_ char *note = oidc_clock_note(oidc->http);

    error_set(err, ERROR_PROTOCOL, "%s%s", why, note);
    return error_hint(err, "check the clock of this machine");
}

static bool check_times(const struct oidc *oidc, const struct jwt *jwt, struct error *err)
{
    int64_t now = oidc->system->now(oidc->system);
    int64_t exp, iat, nbf;
    char why[80];

    if (!json_numeric_date(jwt->claims, "exp", &exp) || !json_numeric_date(jwt->claims, "iat", &iat))
        return refuse(err, "missing 'exp' or 'iat'");
    if (exp <= now - ID_TOKEN_TOLERANCE) {
        snprintf(why, sizeof(why), "it expired %" PRId64 " seconds ago", now - exp);
        return refuse_times(oidc, err, why);
    }
    if (iat > now + ID_TOKEN_TOLERANCE) {
        snprintf(why, sizeof(why), "it was issued %" PRId64 " seconds in the future", iat - now);
        return refuse_times(oidc, err, why);
    }
    if (json_numeric_date(jwt->claims, "nbf", &nbf) && nbf > now + ID_TOKEN_TOLERANCE)
        return refuse_times(oidc, err, "it is not valid yet ('nbf')");
    return true;
}

static bool check_nonce(const struct jwt *jwt, const struct secret *nonce, struct error *err)
{
    const char *text = json_string(jwt->claims, "nonce");
    _cleanup_secret_ struct secret *received = secret_from_text(text);

    if (!nonce)
        return true;
    if (!received)
        return refuse(err, "missing 'nonce'");
    return secret_equal(received, nonce) || refuse(err, "it is for another sign-in request ('nonce')");
}

static bool check_access_token_hash(const struct jwt *jwt, const struct secret *access_token,
                                    struct error *err)
{
    const char *at_hash = json_string(jwt->claims, "at_hash");
    char hash[44];

    if (!at_hash || !access_token)
        return true;
    if (jws_half_hash(json_string(jwt->header, "alg"), secret_text(access_token), secret_length(access_token),
                      hash) &&
        strcmp(at_hash, hash) == 0)
        return true;
    return refuse(err, "it does not match the access token ('at_hash')");
}

static bool check_subject(const struct jwt *jwt, const char *subject, struct error *err)
{
    const char *sub = json_string(jwt->claims, "sub");

    if (!sub || !*sub)
        return refuse(err, "missing 'sub'");
    if (subject && strcmp(sub, subject) != 0)
        return refuse(err, "it is about another user ('sub')");
    return true;
}

static bool check(const struct oidc *oidc, const struct provider *provider, const struct jwt *jwt,
                  const struct id_token_expectation *expected, struct error *err)
{
    return check_signature(oidc, provider, jwt, err) && check_issuer(provider, jwt, err) &&
           check_audience(jwt, expected->client_id, err) && check_times(oidc, jwt, err) &&
           check_nonce(jwt, expected->nonce, err) &&
           check_access_token_hash(jwt, expected->access_token, err) &&
           check_subject(jwt, expected->subject, err);
}

bool id_token_verify(const struct oidc *oidc, const struct provider *provider, const struct secret *token,
                     const struct id_token_expectation *expected, struct jwt *out, struct error *err)
{
    struct jwt jwt = JWT_EMPTY;

    if (jwt_decode(secret_text(token), secret_length(token), &jwt, err) &&
        check(oidc, provider, &jwt, expected, err)) {
        *out = jwt;
        return true;
    }
    jwt_release(&jwt);
    return error_context(err, "invalid ID token");
}
