/*
 * Verifying tokens, one or many: keys from cache, network or file, opaque tokens through introspection. Split
 * in a part that needs nothing from outside, so that many threads can do it at once, and one that does.
 */
#pragma once

#include "oidc/discovery.h"
#include "oidc/inspection.h"
#include "oidc/keyset.h"
#include "session/interfaces.h"

struct inspector_options {
    struct inspection_policy policy;
    const char *jwks_file; /* keys from here and nowhere else; or NULL */
    bool offline;          /* only cached keys, no introspection */
    bool decode_only;      /* judge nothing */
};

struct inspector {
    const struct interfaces *interfaces;
    const struct profile *profile; /* whose app asks about opaque tokens */
    struct inspector_options options;
    struct oidc oidc;
    struct provider provider; /* empty until keys or introspection need it */
    struct keyset keyset;     /* empty until keys_ready */
    bool keys_ready;
};

#define _cleanup_inspector_ _cleanup_(inspector_close)

/* One token's verdict. */
struct verdict {
    struct inspection inspection;
    struct json *header; /* NULL when it couldn't be decoded, or for an opaque token */
    struct json *claims;
    enum {
        VERDICT_SETTLED,
        VERDICT_NEEDS_KEYS, /* inspector_settle() will look for the key, or ask about the opaque token */
        VERDICT_NEEDS_INTROSPECTION
    } state;
};

#define _cleanup_verdict_ _cleanup_(verdict_release)

/* All that is passed must outlive the inspector. Nothing is fetched yet. */
void inspector_open(struct inspector *inspector, const struct interfaces *interfaces,
                    const struct profile *profile, const struct inspector_options *options);

/* Gets the keys ready. Fails as reading the file, or fetching discovery document and keys, does. */
bool inspector_load_keys(struct inspector *inspector, struct error *err);

/*
 * Judges as far as the present keys allow. Changes nothing in the inspector: safe from several threads, while
 * nobody is in inspector_settle(). `out` must be zeroed and is the caller's to release.
 */
void inspector_judge(const struct inspector *inspector, const char *token, size_t length,
                     struct verdict *out);

/*
 * Settles a verdict that isn't: fetches keys, or introspects. Fails when keys or introspection can't be
 * reached: then there is no verdict.
 */
bool inspector_settle(struct inspector *inspector, const char *token, size_t length, struct verdict *verdict,
                      struct error *err);

void inspector_close(struct inspector *inspector);
void verdict_release(struct verdict *verdict);
