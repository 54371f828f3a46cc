#include "oidc/inspection.h"

#include "base/duration.h"

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

static const char *clock_note(const struct inspection_policy *policy, bool failed)
{
    return failed && policy->clock_note ? policy->clock_note : "";
}

/* An introspection response may have no member but `active` (RFC 7662, 2.2). */
static void check_expiry(struct inspection *inspection, const struct inspection_policy *policy,
                         const struct json *header, const struct json *claims, int64_t now)
{
    char when[DURATION_SIZE];
    int64_t exp;

    if (!header && !json_member(claims, "exp")) {
        skip(inspection, "exp", "not in the introspection response");
    } else if (!json_numeric_date(claims, "exp", &exp)) {
        inspection_add(inspection, "exp", INSPECTION_FAIL, INSPECTION_MALFORMED,
                       json_member(claims, "exp") ? "must be a number" : "missing");
    } else {
        bool failed = exp + policy->leeway <= now;

        duration_describe(exp, now, when);
        inspection_add(inspection, "exp", failed ? INSPECTION_FAIL : INSPECTION_PASS, INSPECTION_EXPIRED,
                       "%s %s%s", exp > now ? "expires" : "expired", when, clock_note(policy, failed));
    }
}

static void check_start(struct inspection *inspection, const struct inspection_policy *policy,
                        const struct json *claims, const char *name, int64_t now)
{
    char when[DURATION_SIZE];
    int64_t start;

    if (!json_member(claims, name)) {
        skip(inspection, name, "not in the token");
    } else if (!json_numeric_date(claims, name, &start)) {
        inspection_add(inspection, name, INSPECTION_FAIL, INSPECTION_MALFORMED, "must be a number");
    } else {
        bool failed = start > now + policy->leeway;

        duration_describe(start, now, when);
        inspection_add(inspection, name, failed ? INSPECTION_FAIL : INSPECTION_PASS, INSPECTION_NOT_YET_VALID,
                       "%s%s", when, clock_note(policy, failed));
    }
}

static void check_issuer(struct inspection *inspection, const struct inspection_policy *policy,
                         const struct json *header, const struct json *claims)
{
    const char *iss = json_string(claims, "iss");

    if (!policy->issuer)
        skip(inspection, "issuer", "no --issuer or --endpoint given");
    else if (!header && !json_member(claims, "iss"))
        skip(inspection, "issuer", "not in the introspection response");
    else if (iss && strcmp(iss, policy->issuer) == 0)
        pass(inspection, "issuer", iss);
    else
        inspection_add(inspection, "issuer", INSPECTION_FAIL, INSPECTION_WRONG_ISSUER, "%s%s",
                       iss ? "issued by " : "missing", iss ? iss : "");
}

/* A claim that is a string or an array of strings, as `aud` and `roles` are. */
static void read_strings(const struct json *claims, const char *name, struct list *out)
{
    const char *single = json_string(claims, name);

    if (single)
        list_append(out, single);
    json_strings(claims, name, out);
}

static bool contains_string(const struct json *claims, const char *name, const char *text)
{
    _cleanup_list_ struct list values = LIST_EMPTY;

    read_strings(claims, name, &values);
    return list_contains(&values, text);
}

static void check_audience(struct inspection *inspection, const struct inspection_policy *policy,
                           const struct json *claims)
{
    _cleanup_list_ struct list values = LIST_EMPTY;
    _cleanup_free_ char *found = NULL;

    if (!policy->audience) {
        skip(inspection, "audience", "no --audience given");
        return;
    }
    read_strings(claims, "aud", &values);
    found = list_join(&values, ", ");
    if (list_contains(&values, policy->audience))
        pass(inspection, "audience", policy->audience);
    else
        inspection_add(inspection, "audience", INSPECTION_FAIL, INSPECTION_WRONG_AUDIENCE, "%s%s",
                       values.count ? "issued for " : "missing", found);
}

/* RFC 9068, 4: "at+jwt", in full or without "application/". */
static bool is_access_type(const char *typ)
{
    return strcasecmp(typ, "at+jwt") == 0 || strcasecmp(typ, "application/at+jwt") == 0;
}

/* Logto's ID tokens have no `typ`, others' have "JWT"; only access tokens have a client or a scope. */
static bool is_id_token(const char *typ, const struct json *claims)
{
    return (!typ || strcasecmp(typ, "JWT") == 0) && !json_member(claims, "client_id") &&
           !json_member(claims, "scope");
}

/* RFC 9068, 4: without the `typ` an ID token could pass for an access token. */
static bool fits_type(const char *type, const char *typ, const struct json *claims)
{
    return strcmp(type, "access") == 0 ? typ && is_access_type(typ) : is_id_token(typ, claims);
}

static void add_type(struct inspection *inspection, const char *type, const char *typ, bool fits)
{
    inspection_add(inspection, "type", fits ? INSPECTION_PASS : INSPECTION_FAIL, INSPECTION_WRONG_TYPE,
                   "%s %s token (%s%s)", fits ? "an" : "not an", strcmp(type, "id") == 0 ? "ID" : type,
                   typ ? "typ " : "no typ", typ ? typ : "");
}

static void check_type(struct inspection *inspection, const struct inspection_policy *policy,
                       const struct json *header, const struct json *claims)
{
    const char *typ = json_string(header, "typ");

    if (json_member(header, "typ") && !typ)
        inspection_add(inspection, "type", INSPECTION_FAIL, INSPECTION_WRONG_TYPE, "typ must be a string");
    else if (!policy->type)
        skip(inspection, "type", "no --type given");
    else if (!header && strcmp(policy->type, "access") == 0)
        pass(inspection, "type", "an opaque access token");
    else
        add_type(inspection, policy->type, typ, header && fits_type(policy->type, typ, claims));
}

static void check_scopes(struct inspection *inspection, const struct inspection_policy *policy,
                         const struct json *claims)
{
    _cleanup_list_ struct list granted = LIST_EMPTY;
    const char *missing;

    if (!policy->scopes || policy->scopes->count == 0) {
        skip(inspection, "scope", "no --scope given");
        return;
    }
    list_add_words(&granted, json_string(claims, "scope"));
    json_strings(claims, "scope", &granted);
    missing = list_missing(policy->scopes, &granted);
    if (missing)
        inspection_add(inspection, "scope", INSPECTION_FAIL, INSPECTION_MISSING_SCOPE, "missing %s", missing);
    else
        pass(inspection, "scope", "all present");
}

/* Organization tokens name it in the audience, API tokens in a claim. */
static void check_organization(struct inspection *inspection, const struct inspection_policy *policy,
                               const struct json *claims)
{
    const char *id = policy->organization_id;

    if (!id)
        skip(inspection, "organization", "no --organization given");
    else if (contains_string(claims, "organization_id", id) ||
             contains_string(claims, "aud", policy->organization_audience))
        pass(inspection, "organization", id);
    else
        inspection_add(inspection, "organization", INSPECTION_FAIL, INSPECTION_WRONG_ORGANIZATION,
                       "not issued for the organization %s", id);
}

/* Strings are compared as text, other values as JSON ("true", "3"); one element of an array must match. */
static bool value_matches(const struct json *claim, const char *value)
{
    const char *text = json_text(claim);
    _cleanup_json_ struct json *wanted = NULL;

    if (text)
        return strcmp(text, value) == 0;
    if (json_is_array(claim)) {
        for (const struct json *element = json_first(claim); element; element = json_next(element))
            if (!json_is_array(element) && value_matches(element, value))
                return true;
    }
    wanted = json_parse(value, strlen(value), NULL);
    return wanted && claim && json_equal(claim, wanted);
}

static void check_named_claims(struct inspection *inspection, const struct inspection_policy *policy,
                               const struct json *claims)
{
    if (!policy->claims || policy->claims->count == 0) {
        skip(inspection, "claim", "no --claim given");
        return;
    }
    for (size_t i = 0; i < policy->claims->count; i++) {
        _cleanup_free_ char *name = memory_duplicate(policy->claims->items[i]);
        char *value = strchr(name, '=');

        *value++ = '\0';
        if (value_matches(json_member(claims, name), value))
            continue;
        inspection_add(inspection, "claim", INSPECTION_FAIL, INSPECTION_CLAIM_MISMATCH, "%s is not %s", name,
                       value);
        return;
    }
    pass(inspection, "claim", "all match");
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

void inspection_skip_claims(struct inspection *inspection, const char *detail)
{
    static const char *const names[] = {"exp",  "nbf",   "iat",          "issuer", "audience",
                                        "type", "scope", "organization", "claim"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        skip(inspection, names[i], detail);
}
