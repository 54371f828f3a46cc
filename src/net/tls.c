#include "net/tls.h"

#include "base/environment.h"

#include <string.h>

const char *tls_bundle_variable(void)
{
    return environment_value("CURL_CA_BUNDLE")  ? "CURL_CA_BUNDLE"
           : environment_value("SSL_CERT_FILE") ? "SSL_CERT_FILE"
                                                : NULL;
}

bool tls_fail(const char *host, const char *reason, const char *certificate, bool bad_bundle,
              struct error *err)
{
    const char *variable = tls_bundle_variable();

    if (bad_bundle && variable) {
        error_set(err, ERROR_TLS, "cannot read certificates from %s (%s)", environment_value(variable),
                  variable);
        return error_hint(err, "set %s to a file of certificates in PEM form, or unset it", variable);
    }
    error_set(err, ERROR_TLS, "cannot establish a trusted connection to %s: %s%s%s%s", host, reason,
              certificate[0] ? " (certificate of " : "", certificate, certificate[0] ? ")" : "");
    if (strstr(reason, "has expired") || strstr(reason, "not yet valid"))
        return error_hint(err, "check the clock of this machine; if it is right, the server needs a new "
                               "certificate");
    return error_hint(err, "for a private certificate authority, name its file in SSL_CERT_FILE");
}
