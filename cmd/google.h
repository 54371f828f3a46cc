/* The actions of `logto google`, and the options that they share. */
#pragma once

#include "cmd/command.h"

struct google_options {
    const char *connector; /* of `token` */
    const char *format;
    int64_t min_ttl;
    struct list scopes;       /* of both */
    const char *connector_id; /* of `authorize`, like the rest */
    int64_t port;             /* 0: the profile's */
    int64_t timeout;          /* seconds; 0: GOOGLE_TIMEOUT */
    bool no_browser;
};

#define GOOGLE_TIMEOUT 300

bool google_token(struct context *context, const struct google_options *options, struct error *err);
bool google_authorize(struct context *context, const struct google_options *options, struct error *err);
