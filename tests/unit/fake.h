/*
 * The four interfaces as tests want them: an http with a script, a clock that only moves when told, a store
 * that keeps a journal and fails on demand, a browser that goes where it is sent. Together with a folder of
 * its own they are a world in which sessions can be made and used.
 */
#pragma once

#include "unit.h"

#include "base/system.h"
#include "codec/url.h"
#include "crypto/jws.h"
#include "net/browser.h"
#include "net/http.h"
#include "oidc/discovery.h"
#include "session/session_store.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define FAKE_NOW INT64_C(1800000000)
#define FAKE_ENDPOINT "https://tenant.example"
#define FAKE_ISSUER FAKE_ENDPOINT "/oidc"
#define FAKE_APP "app1"
#define FAKE_SUBJECT "user1"
#define FAKE_API "https://api.example"

#define FAKE_DISCOVERY FAKE_ISSUER "/.well-known/openid-configuration"
#define FAKE_KEYS FAKE_ISSUER "/jwks"
#define FAKE_TOKEN FAKE_ISSUER "/token"
#define FAKE_PAR FAKE_ISSUER "/request"
#define FAKE_DEVICE FAKE_ISSUER "/device/auth"
#define FAKE_USERINFO FAKE_ISSUER "/me"
#define FAKE_REVOCATION FAKE_ISSUER "/token/revocation"
#define FAKE_INTROSPECTION FAKE_ISSUER "/token/introspection"

/* What the interfaces were asked for, in order: "load, POST /token, save". */
struct fake_journal {
    char text[4096];
};

struct fake_system {
    struct system system;
    int64_t now;     /* Unix seconds */
    int64_t clock;   /* ms */
    int64_t step;    /* ms that pass whenever somebody looks at the clock */
    bool real_clock; /* for tests that really wait */
    bool random_fails;
    unsigned char next; /* what the next random byte will be */
};

void fake_system_open(struct fake_system *system);

/* One line of the script. Made by fake_expect(), then changed as the test needs it. */
struct fake_answer {
    char *url; /* that must be asked for */
    int status;
    char *body;
    bool json;
    const char *etag, *location;  /* headers, or NULL */
    int64_t max_age, retry_after; /* -1: not said */
    enum error_code failure;      /* instead of an answer, unless ERROR_NONE */
    bool delivered;
    int64_t takes; /* ms */
    void (*during)(struct fake_answer *answer,
                   void *data); /* while the request is on its way; may change `body` */
    void *data;
};

struct fake_request {
    char *url;
    char *form; /* NULL for a GET */
    char *bearer, *basic, *etag, *language;
    size_t maximum;
    int timeout;
    bool allow_plain;
};

#define FAKE_REQUESTS_MAXIMUM 64

struct fake_http {
    struct http http;
    struct fake_system *system;
    struct fake_journal *journal; /* may be NULL */
    struct fake_answer answers[FAKE_REQUESTS_MAXIMUM];
    size_t answer_count;
    struct fake_request requests[FAKE_REQUESTS_MAXIMUM];
    size_t request_count;
};

void fake_http_open(struct fake_http *http, struct fake_system *system, struct fake_journal *journal);
void fake_http_release(struct fake_http *http);

/* The next request must go to `url` and gets this answer. A request that nobody expected fails the test. */
struct fake_answer *fake_expect(struct fake_http *http, const char *url, int status, const char *body);
struct fake_answer *fake_expect_failure(struct fake_http *http, const char *url, enum error_code code,
                                        bool delivered);

/* Whether the whole script was played. */
void assert_all_asked(const struct fake_http *http);

/* Of request number `index`: the form has `name` once with this value, or (NULL) not at all. */
void assert_form(const struct fake_http *http, size_t index, const char *name, const char *value);

/* The decoded value of a query or form, "" when it isn't there once; to be freed. */
char *fake_form_value(const char *form, const char *name);

/* A store in this process's memory. */
struct store *store_memory_open(const struct store_settings *settings);

/* A memory store behind a journal. */
struct fake_store {
    struct store store;
    struct store_settings settings; /* through which the table's open() finds this store */
    struct store *inner;
    struct fake_journal *journal;
    int failing_saves; /* that many from now on fail */
    int failing_loads; /* or lists */
    int failing_prepares;
    enum error_code failure;
    void (*before_load)(void *data); /* what another process does just then; called once */
    void *data;
};

struct fake_browser {
    struct browser browser;
    char *url;  /* that it was sent to: the short one */
    bool fails; /* can't be started */
    const char
        *answer; /* query it brings to the redirect URI, with {STATE} for the state; NULL: it stays away */
    char *page;  /* what it showed in the end, headers included */
    pthread_t thread;
    bool visiting;
};

/* Waits until the browser has shown its page. */
void fake_browser_join(struct fake_browser *browser);

struct fake_world {
    struct fake_journal journal;
    struct fake_system system;
    struct fake_http http;
    struct fake_store store;
    struct fake_browser browser;
    struct interfaces interfaces;
    struct profile profile;
    struct oidc oidc;     /* for tests of that module; others make their own of interfaces and profile */
    struct fake_key *key; /* that signs, known as "key1" */
    char folder[64];      /* HOME, and nothing is anywhere else */
};

/* cmocka's setup and teardown; *state becomes a struct fake_world *. */
int fake_setup(void **state);
int fake_teardown(void **state);

void assert_journal(struct fake_world *world, const char *expected);
void fake_forget_journal(struct fake_world *world);

/* The store holds exactly this (NULL: nothing) for the world's profile. The caller frees the copy of
 * fake_stored(). */
struct secret *fake_stored(struct fake_world *world);
void assert_stored(struct fake_world *world, const struct secret *expected);

/* Discovery document and key set lie in the cache, fresh for a year: only token requests go out. */
void fake_fill_cache(struct fake_world *world);

/* Metadata as FAKE_DISCOVERY has it; release it with provider_release(). */
void fake_provider(struct provider *provider);
char *fake_discovery_document(void);

/* ES384 keys. */
struct fake_key *fake_key_new(const char *kid);
void fake_key_free(struct fake_key **key);

/* A JWK Set of one or two keys. */
char *fake_key_set(const struct fake_key *first, const struct fake_key *second);

/* A signed token. `header` NULL: {"alg":"ES384","kid":…}. */
char *fake_jwt(const struct fake_key *key, const char *header, const struct json *claims);

/* The same with any bytes as signature; `header` mustn't be NULL. */
char *fake_jwt_signed_by(const char *header, const struct json *claims, const void *signature, size_t length);

/* An ECDSA signature in DER, which JWS doesn't allow, over "header.claims" of such a token. */
char *fake_jwt_der(const struct fake_key *key, const char *header, const struct json *claims);

/* iss, sub, aud, iat, exp of a good ID token, for changing. */
struct json *fake_claims(const struct fake_world *world);

struct secret *fake_id_token(const struct fake_world *world, const struct json *claims);

/*
 * A session of FAKE_SUBJECT with the refresh token "refresh-1" and the access token "access-1" good for `ttl`
 * seconds; covers FAKE_API, organizations and the scope read:things. It is stored, and the journal forgotten.
 */
void fake_sign_in(struct fake_world *world, int64_t ttl, struct session *out);

/* Runs `work` with standard output in a pipe; what it printed, to be freed. */
char *fake_capture(void (*work)(void *data), void *data);
