#include "oidc/inspection.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const reason_words[] = {
    [INSPECTION_VALID] = NULL,
    [INSPECTION_MALFORMED] = "malformed",
    [INSPECTION_UNSUPPORTED_ALG] = "unsupported_alg",
    [INSPECTION_UNKNOWN_KEY] = "unknown_key",
    [INSPECTION_BAD_SIGNATURE] = "bad_signature",
    [INSPECTION_EXPIRED] = "expired",
    [INSPECTION_NOT_YET_VALID] = "not_yet_valid",
    [INSPECTION_WRONG_ISSUER] = "wrong_issuer",
    [INSPECTION_WRONG_AUDIENCE] = "wrong_audience",
    [INSPECTION_WRONG_TYPE] = "wrong_type",
    [INSPECTION_MISSING_SCOPE] = "missing_scope",
    [INSPECTION_WRONG_ORGANIZATION] = "wrong_organization",
    [INSPECTION_CLAIM_MISMATCH] = "claim_mismatch",
    [INSPECTION_OPAQUE] = "opaque",
    [INSPECTION_INACTIVE] = "inactive",
};

const char *inspection_reason_word(enum inspection_reason reason)
{
    return reason_words[reason];
}

const char *inspection_result_word(enum inspection_result result)
{
    return result == INSPECTION_PASS ? "pass" : result == INSPECTION_FAIL ? "fail" : "skipped";
}

void inspection_add(struct inspection *inspection, const char *name, enum inspection_result result,
                    enum inspection_reason reason, const char *detail, ...)
{
    struct inspection_check *check = &inspection->checks[inspection->count];
    va_list arguments;

    if (inspection->count == INSPECTION_CHECKS_MAXIMUM)
        return;
    inspection->count++;
    check->name = name;
    check->result = result;
    va_start(arguments, detail);
    vsnprintf(check->detail, sizeof(check->detail), detail, arguments);
    va_end(arguments);
    if (result == INSPECTION_FAIL && inspection->reason == INSPECTION_VALID)
        inspection->reason = reason;
}

static void pass(struct inspection *inspection, const char *name, const char *detail)
{
    inspection_add(inspection, name, INSPECTION_PASS, INSPECTION_VALID, "%s", detail);
}

static void skip(struct inspection *inspection, const char *name, const char *detail)
{
    inspection_add(inspection, name, INSPECTION_SKIPPED, INSPECTION_VALID, "%s", detail);
}

/* An introspection answer needs to say nothing but `active` (RFC 7662, 2.2). */
static void check_expiry(struct inspection *inspection, const struct inspection_policy *policy,
                         const struct json *header, const struct json *claims, int64_t now)
{
    int64_t exp;

    if (!header && !json_member(claims, "exp"))
        skip(inspection, "exp", "the issuer does not say");
    else if (!json_numeric_date(claims, "exp", &exp))
        inspection_add(inspection, "exp", INSPECTION_FAIL, INSPECTION_MALFORMED,
                       json_member(claims, "exp") ? "is not a time" : "is missing: it would never expire");
    else if (exp + policy->leeway <= now)
        inspection_add(inspection, "exp", INSPECTION_FAIL, INSPECTION_EXPIRED,
                       "expired %" PRId64 " seconds ago", now - exp);
    else
        inspection_add(inspection, "exp", INSPECTION_PASS, INSPECTION_VALID, "%" PRId64 " seconds left",
                       exp - now);
}

static void check_start(struct inspection *inspection, const struct inspection_policy *policy,
                        const struct json *claims, const char *name, int64_t now)
{
    int64_t start;

    if (!json_member(claims, name))
        skip(inspection, name, "the token has none");
    else if (!json_numeric_date(claims, name, &start))
        inspection_add(inspection, name, INSPECTION_FAIL, INSPECTION_MALFORMED, "is not a time");
    else if (start > now + policy->leeway)
        inspection_add(inspection, name, INSPECTION_FAIL, INSPECTION_NOT_YET_VALID,
                       "%" PRId64 " seconds in the future", start - now);
    else
        inspection_add(inspection, name, INSPECTION_PASS, INSPECTION_VALID, "%" PRId64 " seconds ago",
                       now - start);
}

static void check_issuer(struct inspection *inspection, const struct inspection_policy *policy,
                         const struct json *header, const struct json *claims)
{
    const char *iss = json_string(claims, "iss");

    if (!policy->issuer)
        skip(inspection, "issuer", "not asked for: give --issuer or --endpoint");
    else if (!header && !json_member(claims, "iss"))
        skip(inspection, "issuer", "the issuer does not say");
    else if (iss && strcmp(iss, policy->issuer) == 0)
        pass(inspection, "issuer", iss);
    else
        inspection_add(inspection, "issuer", INSPECTION_FAIL, INSPECTION_WRONG_ISSUER, "issued by %s",
                       iss ? iss : "nobody");
}

/* A claim that is one text or a list of them, as `aud` and `roles` are. */
static bool holds_text(const struct json *claims, const char *name, const char *text)
{
    _cleanup_list_ struct list values = LIST_EMPTY;
    const char *single = json_string(claims, name);

    if (single)
        return strcmp(single, text) == 0;
    json_strings(claims, name, &values);
    return list_contains(&values, text);
}

static void check_audience(struct inspection *inspection, const struct inspection_policy *policy,
                           const struct json *claims)
{
    const char *aud = json_string(claims, "aud");

    if (!policy->audience)
        skip(inspection, "audience", "not asked for: give --audience to know whom the token is for");
    else if (holds_text(claims, "aud", policy->audience))
        pass(inspection, "audience", policy->audience);
    else
        inspection_add(inspection, "audience", INSPECTION_FAIL, INSPECTION_WRONG_AUDIENCE, "meant for %s",
                       aud                          ? aud
                       : json_member(claims, "aud") ? "others"
                                                    : "nobody");
}

/* RFC 9068, 4: "at+jwt", in full or without "application/". */
static bool is_access_type(const char *typ)
{
    return strcasecmp(typ, "at+jwt") == 0 || strcasecmp(typ, "application/at+jwt") == 0;
}

/* Logto's ID tokens have no `typ`; what then gives an access token away are the claims that only it has. */
static bool fits_type(const char *type, const struct json *header, const struct json *claims)
{
    const char *typ = json_string(header, "typ");

    if (strcmp(type, "access") == 0)
        return typ ? is_access_type(typ) : json_member(claims, "client_id") || json_member(claims, "scope");
    return typ ? strcasecmp(typ, "JWT") == 0 : !json_member(claims, "client_id");
}

static void check_type(struct inspection *inspection, const struct inspection_policy *policy,
                       const struct json *header, const struct json *claims)
{
    const char *typ = json_string(header, "typ");

    if (!policy->type)
        skip(inspection, "type", "not asked for: give --type");
    else if (!header && strcmp(policy->type, "access") == 0)
        pass(inspection, "type", "an opaque access token");
    else if (header && fits_type(policy->type, header, claims))
        inspection_add(inspection, "type", INSPECTION_PASS, INSPECTION_VALID, "%s (%s)", policy->type,
                       typ ? typ : "no typ");
    else
        inspection_add(inspection, "type", INSPECTION_FAIL, INSPECTION_WRONG_TYPE, "not an %s token (%s)",
                       strcmp(policy->type, "id") == 0 ? "ID" : policy->type, typ ? typ : "no typ");
}

static void check_scopes(struct inspection *inspection, const struct inspection_policy *policy,
                         const struct json *claims)
{
    _cleanup_list_ struct list granted = LIST_EMPTY;
    const char *missing;

    if (!policy->scopes || policy->scopes->count == 0) {
        skip(inspection, "scope", "not asked for: give --scope");
        return;
    }
    list_add_words(&granted, json_string(claims, "scope"));
    json_strings(claims, "scope", &granted);
    missing = list_missing(policy->scopes, &granted);
    if (missing)
        inspection_add(inspection, "scope", INSPECTION_FAIL, INSPECTION_MISSING_SCOPE, "without %s", missing);
    else
        pass(inspection, "scope", "all that was asked for");
}

/* An organization token has it in the audience, an API's token for an organization in a claim of its own. */
static void check_organization(struct inspection *inspection, const struct inspection_policy *policy,
                               const struct json *claims)
{
    const char *id = policy->organization_id;

    if (!id)
        skip(inspection, "organization", "not asked for: give --organization");
    else if (holds_text(claims, "organization_id", id) ||
             holds_text(claims, "aud", policy->organization_audience))
        pass(inspection, "organization", id);
    else
        inspection_add(inspection, "organization", INSPECTION_FAIL, INSPECTION_WRONG_ORGANIZATION,
                       "not for the organization %s", id);
}

/*
 * Text equals text; anything else is compared as JSON ("true", "3"); a list fits when one of its elements
 * does.
 */
static bool value_fits(const struct json *claim, const char *value)
{
    const char *text = json_text(claim);
    _cleanup_json_ struct json *wanted = NULL;

    if (text)
        return strcmp(text, value) == 0;
    if (json_is_array(claim)) {
        for (const struct json *element = json_first(claim); element; element = json_next(element))
            if (!json_is_array(element) && value_fits(element, value))
                return true;
    }
    wanted = json_parse(value, strlen(value), NULL);
    return wanted && claim && json_equal(claim, wanted);
}

static void check_named_claims(struct inspection *inspection, const struct inspection_policy *policy,
                               const struct json *claims)
{
    if (!policy->claims || policy->claims->count == 0) {
        skip(inspection, "claim", "not asked for: give --claim");
        return;
    }
    for (size_t i = 0; i < policy->claims->count; i++) {
        _cleanup_free_ char *name = memory_duplicate(policy->claims->items[i]);
        char *value = strchr(name, '=');

        *value++ = '\0';
        if (value_fits(json_member(claims, name), value))
            continue;
        inspection_add(inspection, "claim", INSPECTION_FAIL, INSPECTION_CLAIM_MISMATCH, "%s is not %s", name,
                       value);
        return;
    }
    pass(inspection, "claim", "all that was asked for");
}

void inspection_check_claims(struct inspection *inspection, const struct inspection_policy *policy,
                             const struct json *header, const struct json *claims, int64_t now)
{
    check_expiry(inspection, policy, header, claims, now);
    check_start(inspection, policy, claims, "nbf", now);
    check_start(inspection, policy, claims, "iat", now);
    check_issuer(inspection, policy, header, claims);
    check_audience(inspection, policy, claims);
    check_type(inspection, policy, header, claims);
    check_scopes(inspection, policy, claims);
    check_organization(inspection, policy, claims);
    check_named_claims(inspection, policy, claims);
}
