/*
 * Verifying tokens, one or many: keys from cache, network or file, opaque tokens through introspection.
 * inspector_judge() does no I/O and can run in several threads; inspector_settle() does what needs I/O.
 */
#pragma once

#include "oidc/discovery.h"
#include "oidc/inspection.h"
#include "oidc/keyset.h"
#include "session/interfaces.h"

struct inspector_options {
    struct inspection_policy policy;
    const char *jwks_file; /* the only source of keys; or NULL */
    bool offline;          /* only cached keys, no introspection */
    bool decode_only;      /* verify nothing */
};

/* What could not be reached, and until when it is not tried again: a batch would wait for it at every token.
 */
struct outage {
    struct error err;
    int64_t until; /* on the system's monotonic clock, ms; 0: it wasn't */
};

struct inspector {
    const struct interfaces *interfaces;
    const struct profile *profile; /* whose app asks its own issuer about opaque tokens */
    struct inspector_options options;
    struct oidc oidc;
    struct provider provider; /* empty until keys or introspection need it */
    struct keyset keyset;     /* empty until keys_ready */
    bool keys_ready;
    struct outage keys_outage, introspection_outage;
    char *app_id; /* the app that introspects; NULL until it is known */
    struct secret *app_secret;
};

#define _cleanup_inspector_ _cleanup_(inspector_close)

/* One token's verdict. */
struct verdict {
    struct inspection inspection;
    struct json *header; /* NULL when it couldn't be decoded, or for an opaque token */
    struct json *claims;
    enum {
        VERDICT_SETTLED,
        VERDICT_NEEDS_KEYS, /* until inspector_settle(), as the next one */
        VERDICT_NEEDS_INTROSPECTION
    } state;
};

#define _cleanup_verdict_ _cleanup_(verdict_release)

/* All arguments must outlive the inspector. Nothing is fetched yet. */
void inspector_open(struct inspector *inspector, const struct interfaces *interfaces,
                    const struct profile *profile, const struct inspector_options *options);

/*
 * Gets the keys ready. Fails as reading the file, or fetching discovery document and keys, does; after that
 * at once, with the same error, for a few seconds.
 */
bool inspector_load_keys(struct inspector *inspector, struct error *err);

/*
 * Judges as far as the present keys allow. Changes nothing in the inspector: safe from several threads, while
 * none is in inspector_settle(). `out` must be zeroed; the caller releases it.
 */
void inspector_judge(const struct inspector *inspector, const char *token, size_t length,
                     struct verdict *out);

/*
 * Settles a verdict: fetches keys, or introspects, if needed. When that fails there is no verdict.
 */
bool inspector_settle(struct inspector *inspector, const char *token, size_t length, struct verdict *verdict,
                      struct error *err);

void inspector_close(struct inspector *inspector);
void verdict_release(struct verdict *verdict);
