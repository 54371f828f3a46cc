/* What main() makes once and hands down: the doors to the outside, and whose business it is today. */
#pragma once

#include "net/browser.h"
#include "net/http.h"
#include "oidc/oidc.h"
#include "session/config.h"
#include "session/profile.h"
#include "store/store.h"

struct output; /* cmd/output.h; nothing in this room looks inside */

struct context {
    struct system *system;
    struct http *http;
    struct browser *browser;

    /* Opens a store by the contract's name ("keyring"). Fails with ERROR_USAGE for another. */
    struct store *(*open_store)(const char *name, struct error *err);
    struct store *store; /* what context_store() opened, or NULL */

    struct profile profile; /* already resolved from options, environment and config file */
    struct oidc oidc;       /* the same doors, as that room wants them */
    struct output *output;
};

/* The store of the context's profile, opened on first use and kept. NULL on failure. */
struct store *context_store(struct context *context, struct error *err);

/*
 * Makes `name` of the config file the context's profile, without the environment's overrides. Fails as
 * profile_read().
 */
bool context_use_profile(struct context *context, const struct config *config, const char *name,
                         struct error *err);

/* Closes the doors and releases the profile. */
void context_release(struct context *context);
