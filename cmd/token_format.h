/* The output formats of `logto token` and `logto google token`. */
#pragma once

#include "base/error.h"
#include "base/secret.h"

#include <stdbool.h>
#include <stdint.h>

/* A token and its properties; borrowed. */
struct token_view {
    const struct secret *token;
    bool is_id_token;
    const char *connector; /* target of the connector whose token it is; NULL: Logto's */
    const char *scope;     /* or NULL, as are the next two */
    const char *resource;
    const char *organization_id;
    int64_t expires_at; /* Unix seconds; 0: not known */
    int64_t now;
};

/* Prints it on stdout; `format` is one of token, header, json, env, exec-credential. */
bool token_print(const char *format, const struct token_view *view, struct error *err);
