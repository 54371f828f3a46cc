/*
 * A whole sign-in with the browser: OpenID Connect's authorization code flow with PKCE for a native app (RFC
 * 8252). Done only when the ID token is verified and the session stored; until then an earlier session stays
 * as it was.
 */
#pragma once

#include "net/loopback.h"
#include "session/session.h"

#include <stdbool.h>

/* How the person at the terminal hears of it. Every function may be NULL. */
struct sign_in_events {
    /* The port that was asked for is taken by somebody else, another one is used. */
    void (*port_changed)(void *data, const struct loopback_holder *holder, uint16_t wanted, uint16_t used);
    /* The listener is up. `why` tells why no browser was opened, or is NULL when one was. */
    void (*waiting)(void *data, const char *url, uint16_t port, const char *why);
    /* About once a second while waiting. */
    void (*tick)(void *data, int64_t seconds_left);
    /* Something was pasted that isn't the redirect this sign-in waits for. */
    void (*paste_refused)(void *data);
    /* Done waiting, for better or worse. */
    void (*done)(void *data);
    void *data;
};

struct sign_in_options {
    const struct list *scopes; /* everything to ask for, "openid" included */
    const struct list *resources;
    const struct secret *app_secret; /* of a confidential app, or NULL */
    const char *connector;           /* see logto/sign_in_parameter.h */
    const char *login_hint;          /* or NULL */
    bool sign_up;
    bool reauthenticate; /* even if the browser is still signed in at Logto */
    bool port_fixed;     /* no other port will do */
    bool open_browser;
    int paste_descriptor; /* where redirect URLs may be pasted, or -1 */
    int64_t timeout;      /* ms */
    struct sign_in_events events;
};

/*
 * Signs in to the context's profile. The session in `out` has been stored. Fails with ERROR_TIMEOUT,
 * ERROR_DENIED, ERROR_PORT_IN_USE, ERROR_PROTOCOL (an answer that can't be trusted), and as network and store
 * do.
 */
bool sign_in(struct context *context, const struct sign_in_options *options, struct session *out,
             struct error *err);
