/* The request that every sign-in flow takes, and the events that report its progress. */
#pragma once

#include "base/list.h"
#include "base/secret.h"
#include "codec/json.h"
#include "net/port_holder.h"
#include "oidc/device.h"
#include "session/paste.h"

#include <stdbool.h>
#include <stdint.h>

/* Two ways to the same page. */
struct sign_in_urls {
    const char *brief; /* the listener's, which the browser was given: it redirects to the other */
    const char *full;  /* works where the listener can't be reached, but a shell may not leave it alone */
};

/* Every function may be NULL. */
struct sign_in_events {
    /* The wanted port is in use; another one is used. */
    void (*port_changed)(void *data, const struct port_holder *holder, uint16_t wanted, uint16_t used);
    /* The listener is up. `why` says why no browser was opened, or is NULL. */
    void (*waiting)(void *data, const struct sign_in_urls *urls, uint16_t port, const char *why);
    /* Nothing has fetched the short URL for half a minute: it may have to be the full one. */
    void (*unvisited)(void *data, const char *full);
    /* The device flow: the user is to sign in somewhere else, with this. */
    void (*device_code)(void *data, const struct device_authorization *authorization);
    /* It was fetched half a minute ago, and nothing has come back. */
    void (*unanswered)(void *data);
    /* The browser came back without an answer: the user may have canceled. Once. */
    void (*came_back_empty)(void *data);
    /* About once a second while waiting. */
    void (*tick)(void *data, int64_t seconds_left);
    /* So much has been pasted, and is not yet complete. */
    void (*paste_received)(void *data, size_t characters);
    /* Something was pasted that isn't the redirect this sign-in waits for; the wait goes on. */
    void (*paste_refused)(void *data, enum paste_verdict verdict);
    /* The wait has ended, with or without success. */
    void (*done)(void *data);
    /*
     * The new session has taken the place of another user's, whose claims these are. That one was revoked;
     * `why` tells why it couldn't be, or is NULL.
     */
    void (*replaced)(void *data, const struct json *claims, const char *why);
    void *data;
};

struct sign_in_request {
    const struct list *scopes; /* all scopes to request, "openid" included */
    const struct list *resources;
    const struct secret *app_secret; /* of a confidential app, or NULL */
    const char *connector;           /* see logto/sign_in_parameter.h */
    const char *login_hint;          /* or NULL */
    bool sign_up;
    bool first_time;     /* nobody has signed in yet with this app and these resources: look closely */
    bool reauthenticate; /* even if the browser is still signed in at Logto */
    int64_t timeout;     /* ms */
    struct sign_in_events events;
};
