/* Parsing a Logto endpoint as users write it, and its issuer. */
#pragma once

#include "base/error.h"

#include <stdbool.h>

/*
 * The canonical form of `text`, to be freed by the caller: https:// added to a bare host name
 * (http:// to localhost), trailing slashes and a trailing "/oidc" (the issuer was pasted) removed. Refuses a
 * query, and plain http to another machine unless `allow_plain`. Fails with ERROR_CONFIG; NULL on failure.
 */
char *logto_endpoint_parse(const char *text, bool allow_plain, struct error *err);

/* ENDPOINT/oidc, to be freed by the caller. */
char *logto_endpoint_issuer(const char *endpoint);

/* The endpoint of an issuer that logto_endpoint_issuer() made, to be freed by the caller. */
char *logto_issuer_endpoint(const char *issuer);
