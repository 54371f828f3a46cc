/*
 * Checking the claims of a token: RFC 7519 section 7.2, RFC 9068 section 4, OpenID Connect Core 3.1.3.7.
 * The signature is verified elsewhere.
 */
#pragma once

#include "base/list.h"
#include "codec/json.h"

#include <stdbool.h>
#include <stdint.h>

/* Why a token is invalid, in the order of the checks: the first that fails decides. */
enum inspection_reason {
    INSPECTION_VALID,
    INSPECTION_MALFORMED,
    INSPECTION_UNSUPPORTED_ALG,
    INSPECTION_UNKNOWN_KEY,
    INSPECTION_BAD_SIGNATURE,
    INSPECTION_EXPIRED,
    INSPECTION_NOT_YET_VALID,
    INSPECTION_WRONG_ISSUER,
    INSPECTION_WRONG_AUDIENCE,
    INSPECTION_WRONG_TYPE,
    INSPECTION_MISSING_SCOPE,
    INSPECTION_WRONG_ORGANIZATION,
    INSPECTION_CLAIM_MISMATCH,
    INSPECTION_OPAQUE,
    INSPECTION_INACTIVE,
};

enum inspection_result { INSPECTION_PASS, INSPECTION_FAIL, INSPECTION_SKIPPED };

struct inspection_check {
    const char *name; /* static */
    enum inspection_result result;
    char detail[200]; /* may hold text from the token */
};

#define INSPECTION_CHECKS_MAXIMUM 12

struct inspection {
    enum inspection_reason reason;
    struct inspection_check checks[INSPECTION_CHECKS_MAXIMUM];
    size_t count;
};

/* What the token must be; all but `leeway` may be NULL, and that check is then skipped. */
struct inspection_policy {
    const char *issuer;
    const char *audience;
    const struct list *scopes;
    const char *organization_id;
    const char *organization_audience; /* the audience of that organization's own tokens; set with the id */
    const struct list *claims;         /* NAME=VALUE */
    const char *type;                  /* "access" or "id" */
    int64_t leeway;                    /* seconds */
    const char *clock_note;            /* said of a token that is refused for its times, see oidc.h */
};

/* Adds a check; the first one that failed gives the reason. */
void inspection_add(struct inspection *inspection, const char *name, enum inspection_result result,
                    enum inspection_reason reason, const char *detail, ...)
    __attribute__((format(printf, 5, 6)));

/*
 * Adds the checks of times, issuer, audience, type, scopes, organization and claims. `header` is NULL for
 * claims from introspection, which have no type.
 */
void inspection_check_claims(struct inspection *inspection, const struct inspection_policy *policy,
                             const struct json *header, const struct json *claims, int64_t now);

/* Adds the same checks as skipped, for claims that are not to be trusted. */
void inspection_skip_claims(struct inspection *inspection, const char *detail);

/* The contract's word ("bad_signature"), or NULL for INSPECTION_VALID. */
const char *inspection_reason_word(enum inspection_reason reason);

/* "pass", "fail", "skipped". */
const char *inspection_result_word(enum inspection_result result);
