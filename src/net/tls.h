/* What TLS trusts, and what is said when it doesn't. */
#pragma once

#include "base/error.h"

#include <stdbool.h>

/* The variable that names the file of trusted certificates, CURL_CA_BUNDLE or SSL_CERT_FILE; or NULL. */
const char *tls_bundle_variable(void);

/*
 * Sets ERROR_TLS: `reason` is the TLS library's, `certificate` describes the one that was refused, or is "".
 * `bad_bundle`: the file of trusted certificates can't be read. Returns false.
 */
bool tls_fail(const char *host, const char *reason, const char *certificate, bool bad_bundle,
              struct error *err);
