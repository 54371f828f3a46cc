#include "session/inspector.h"

#include "base/environment.h"
#include "base/file.h"
#include "oidc/introspect.h"
#include "session/credentials.h"
#include "session/session_store.h"

#include <stdlib.h>
#include <string.h>

#define JWKS_FILE_MAXIMUM ((size_t)1024 * 1024)
/* Minimum seconds between two fetches of the key set for unknown keys. */
#define REFETCH_PAUSE 60
/* Milliseconds for which an issuer whose keys could not be fetched is left alone. */
#define OUTAGE_PAUSE 5000
/* Milliseconds without an answer after which introspection is left alone for as long. */
#define SILENCE 1000
/* Logto's opaque tokens have 43 characters; shorter text is more likely a mistake than a token. */
#define OPAQUE_SHORTEST 20
#define OPAQUE_LONGEST 4096

void inspector_open(struct inspector *inspector, const struct interfaces *interfaces,
                    const struct profile *profile, const struct inspector_options *options)
{
    *inspector = (struct inspector){.interfaces = interfaces,
                                    .profile = profile,
                                    .options = *options,
                                    .oidc = interfaces_oidc(interfaces, profile)};
    inspector->oidc.offline = options->offline;
}

static bool is_out(const struct inspector *inspector, const struct outage *outage, struct error *err)
{
    struct system *system = inspector->interfaces->system;

    if (!outage->until || system->monotonic(system) >= outage->until)
        return false;
    *err = outage->err;
    return true;
}

/* `pause` in ms. Returns false, so that a function can end in it. */
static bool note_outage(struct inspector *inspector, struct outage *outage, int64_t pause,
                        const struct error *err)
{
    struct system *system = inspector->interfaces->system;

    *outage = (struct outage){.err = *err, .until = system->monotonic(system) + pause};
    return false;
}

static bool load_file(struct inspector *inspector, struct error *err)
{
    const char *path = inspector->options.jwks_file;
    _cleanup_buffer_ struct buffer text = BUFFER(JWKS_FILE_MAXIMUM);
    _cleanup_json_ struct json *document = NULL;
    bool exists;

    if (!file_read(path, FILE_NAMED, &text, &exists, err))
        return false;
    if (!exists)
        return error_set(err, ERROR_IO, "%s does not exist", path);
    document = json_parse(buffer_text(&text), text.length, err);
    inspector->keyset.keys = document ? jwk_set_parse(document, err) : NULL;
    if (inspector->keyset.keys)
        return true;
    error_change_code(err, ERROR_CONFIG);
    return error_context(err, "invalid key set %s", path);
}

static bool load_provider(struct inspector *inspector, struct error *err)
{
    return inspector->provider.issuer ||
           discovery_load(&inspector->oidc, inspector->options.policy.issuer, &inspector->provider, err);
}

static bool load_keyset(struct inspector *inspector, struct error *err)
{
    return load_provider(inspector, err) &&
           keyset_load(&inspector->oidc, inspector->provider.issuer, inspector->provider.jwks_uri,
                       &inspector->keyset, err);
}

bool inspector_load_keys(struct inspector *inspector, struct error *err)
{
    if (inspector->keys_ready)
        return true;
    if (is_out(inspector, &inspector->keys_outage, err))
        return false;
    if (inspector->options.jwks_file)
        return inspector->keys_ready = load_file(inspector, err);
    inspector->keys_ready = load_keyset(inspector, err);
    return inspector->keys_ready || note_outage(inspector, &inspector->keys_outage, OUTAGE_PAUSE, err);
}

static bool looks_opaque(const char *token, size_t length)
{
    if (length < OPAQUE_SHORTEST || length > OPAQUE_LONGEST)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", token[i]) ||
            !token[i])
            return false;
    return true;
}

/* The app, whether the profile or the environment names it, is only for its own issuer. */
static bool has_app(const struct inspector *inspector)
{
    const struct profile *profile = inspector->profile;

    return profile_app(profile) && credentials_are_for(profile->issuer, inspector->options.policy.issuer);
}

static void judge_opaque(const struct inspector *inspector, struct verdict *out)
{
    const char *why = inspector->options.decode_only ? "only its issuer can verify it"
                      : inspector->options.offline
                          ? "only its issuer can verify it, and --offline prevents asking it"
                      : !inspector->options.policy.issuer
                          ? "only its issuer can verify it, and no issuer is configured"
                      : !has_app(inspector)
                          ? "only its issuer can verify it, and no app of that issuer is configured "
                            "(LOGTO_ENDPOINT, LOGTO_APP_ID)"
                          : NULL;

    if (why)
        inspection_add(&out->inspection, "format", INSPECTION_FAIL, INSPECTION_OPAQUE, "an opaque token: %s",
                       why);
    else
        out->state = VERDICT_NEEDS_INTROSPECTION;
}

static void add_signature(struct inspection *inspection, enum jws_verdict verdict, const char *detail)
{
    static const enum inspection_reason reasons[] = {
        [JWS_VALID] = INSPECTION_VALID,
        [JWS_UNSUPPORTED_ALGORITHM] = INSPECTION_UNSUPPORTED_ALG,
        [JWS_UNKNOWN_KEY] = INSPECTION_UNKNOWN_KEY,
        [JWS_BAD_SIGNATURE] = INSPECTION_BAD_SIGNATURE,
    };

    inspection_add(inspection, "signature", verdict == JWS_VALID ? INSPECTION_PASS : INSPECTION_FAIL,
                   reasons[verdict], "%s", detail);
}

static void take_parts(struct jwt *jwt, struct verdict *out)
{
    out->header = jwt->header;
    out->claims = jwt->claims;
    jwt->header = jwt->claims = NULL;
}

static void judge_claims(const struct inspector *inspector, struct verdict *out)
{
    struct system *system = inspector->interfaces->system;
    _cleanup_free_ char *note = oidc_clock_note(inspector->interfaces->http);
    struct inspection_policy policy = inspector->options.policy;

    policy.clock_note = note;
    inspection_check_claims(&out->inspection, &policy, out->header, out->claims, system->now(system));
}

/* The claims of a token with a bad signature are not judged: they could say, and cost, anything. */
static void judge_signed(const struct inspector *inspector, struct jwt *jwt, enum jws_verdict verdict,
                         const char *detail, struct verdict *out)
{
    add_signature(&out->inspection, verdict, detail);
    take_parts(jwt, out);
    if (verdict == JWS_VALID)
        judge_claims(inspector, out);
    else
        inspection_skip_claims(&out->inspection, "not checked: the signature is not valid");
}

/* An unsupported algorithm is refused without keys. */
static bool needs_keys(const struct inspector *inspector, const struct jwt *jwt)
{
    const char *alg = json_string(jwt->header, "alg");

    return !inspector->keys_ready && alg && jws_algorithm_supported(alg) && !json_member(jwt->header, "crit");
}

static void judge_jwt(const struct inspector *inspector, struct jwt *jwt, struct verdict *out)
{
    enum jws_verdict verdict;
    char detail[200];

    if (inspector->options.decode_only) {
        inspection_add(&out->inspection, "signature", INSPECTION_SKIPPED, INSPECTION_VALID,
                       "not checked (--no-verify)");
        take_parts(jwt, out);
        return;
    }
    if (needs_keys(inspector, jwt)) {
        out->state = VERDICT_NEEDS_KEYS;
        return;
    }
    verdict = jws_verify(jwt, inspector->keyset.keys, detail, sizeof(detail));
    if (verdict == JWS_UNDECIDED ||
        (verdict == JWS_UNKNOWN_KEY && inspector->keyset.jwks_uri && !inspector->options.offline)) {
        out->state = VERDICT_NEEDS_KEYS;
        return;
    }
    judge_signed(inspector, jwt, verdict, detail, out);
}

void inspector_judge(const struct inspector *inspector, const char *token, size_t length, struct verdict *out)
{
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;
    struct error err;

    if (looks_opaque(token, length)) {
        judge_opaque(inspector, out);
    } else if (!jwt_decode(token, length, &jwt, &err)) {
        inspection_add(&out->inspection, "format", INSPECTION_FAIL, INSPECTION_MALFORMED, "%s", err.message);
    } else {
        inspection_add(&out->inspection, "format", INSPECTION_PASS, INSPECTION_VALID, "a signed JWT");
        judge_jwt(inspector, &jwt, out);
    }
}

/*
 * Which app asks: the environment's, or the session's, since an app is only told about its own tokens;
 * without a session the profile's. A public app has no secret. An app from the environment never uses the
 * keyring.
 */
static bool find_client(struct inspector *inspector, struct error *err)
{
    const struct profile *profile = inspector->profile;
    _cleanup_session_ struct session session = SESSION_EMPTY;
    bool found;

    if (inspector->app_id)
        return true;
    if (!credentials_app_secret(profile->issuer, inspector->options.policy.issuer, &inspector->app_secret,
                                err))
        return false;
    if (!inspector->app_secret && !environment_value("LOGTO_APP_ID") &&
        session_find(inspector->interfaces, profile, &session, &found, NULL) && found) {
        inspector->app_secret = TAKE(session.app_secret);
        inspector->app_id = TAKE(session.app_id);
    } else {
        inspector->app_id = memory_duplicate(profile_app(profile));
    }
    return true;
}

static void judge_answer(const struct inspector *inspector, struct verdict *verdict)
{
    const char *issuer = inspector->provider.issuer;

    verdict->state = VERDICT_SETTLED;
    inspection_add(&verdict->inspection, "format", INSPECTION_PASS, INSPECTION_VALID, "an opaque token");
    if (json_boolean(verdict->claims, "active", false)) {
        inspection_add(&verdict->inspection, "active", INSPECTION_PASS, INSPECTION_VALID, "according to %s",
                       issuer);
        judge_claims(inspector, verdict);
    } else {
        inspection_add(&verdict->inspection, "active", INSPECTION_FAIL, INSPECTION_INACTIVE,
                       "not active, according to %s; a public app can only introspect its own tokens",
                       issuer);
    }
}

/*
 * Every token is asked about by itself, so one failure says little about the next. But waiting for a server
 * that does not answer takes at most half of the time, and one that says "too often" is heard.
 */
static int64_t introspection_pause(enum error_code code, int64_t waited)
{
    if (code == ERROR_RATE_LIMITED)
        return OUTAGE_PAUSE;
    return waited >= SILENCE ? waited : 0;
}

static bool introspect_opaque(struct inspector *inspector, const char *token, size_t length,
                              struct verdict *verdict, struct error *err)
{
    struct system *system = inspector->interfaces->system;
    struct outage *outage = &inspector->introspection_outage;
    _cleanup_secret_ struct secret *secret = NULL;
    struct client client;
    int64_t started;

    if (is_out(inspector, outage, err))
        return false;
    if (!load_provider(inspector, err) || !find_client(inspector, err))
        return note_outage(inspector, outage, OUTAGE_PAUSE, err);
    client = (struct client){inspector->app_id, inspector->app_secret};
    secret = secret_new(token, length);
    started = system->monotonic(system);
    verdict->claims = introspect(&inspector->oidc, &inspector->provider, &client, secret, err);
    if (!verdict->claims)
        return note_outage(inspector, outage,
                           introspection_pause(err->code, system->monotonic(system) - started), err);
    judge_answer(inspector, verdict);
    return true;
}

static bool find_key(struct inspector *inspector, const char *token, size_t length, struct verdict *verdict,
                     struct error *err)
{
    struct outage *outage = &inspector->keys_outage;
    _cleanup_jwt_ struct jwt jwt = JWT_EMPTY;
    enum jws_verdict result;
    char detail[200];

    if (!inspector_load_keys(inspector, err) || is_out(inspector, outage, err) ||
        !jwt_decode(token, length, &jwt, err))
        return false;
    if (!keyset_verify(&inspector->oidc, &inspector->keyset, &jwt, REFETCH_PAUSE, &result, detail,
                       sizeof(detail), err))
        return note_outage(inspector, outage, OUTAGE_PAUSE, err);
    verdict->state = VERDICT_SETTLED;
    judge_signed(inspector, &jwt, result, detail, verdict);
    return true;
}

bool inspector_settle(struct inspector *inspector, const char *token, size_t length, struct verdict *verdict,
                      struct error *err)
{
    switch (verdict->state) {
    case VERDICT_NEEDS_KEYS:
        return find_key(inspector, token, length, verdict, err);
    case VERDICT_NEEDS_INTROSPECTION:
        return introspect_opaque(inspector, token, length, verdict, err);
    case VERDICT_SETTLED:
        break;
    }
    return true;
}

void inspector_close(struct inspector *inspector)
{
    free(inspector->app_id);
    secret_free(&inspector->app_secret);
    provider_release(&inspector->provider);
    keyset_release(&inspector->keyset);
}

void verdict_release(struct verdict *verdict)
{
    json_free(&verdict->header);
    json_free(&verdict->claims);
}
