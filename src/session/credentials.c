#include "session/credentials.h"

#include "base/environment.h"
#include "base/secret_file.h"

#include <string.h>

bool credentials_are_for(const char *own_issuer, const char *issuer)
{
    return own_issuer && issuer && strcmp(own_issuer, issuer) == 0;
}

const char *credentials_app_secret_variable(void)
{
    return environment_value("LOGTO_APP_SECRET_FILE") ? "LOGTO_APP_SECRET_FILE"
           : environment_value("LOGTO_APP_SECRET")    ? "LOGTO_APP_SECRET"
                                                      : NULL;
}

static struct secret *read_file(const char *path, struct error *err)
{
    struct secret *secret = secret_file_read_line(path, err);

    if (!secret) {
        error_change_code(err, ERROR_CONFIG);
        error_context(err, "LOGTO_APP_SECRET_FILE");
    }
    return secret;
}

bool credentials_app_secret(const char *own_issuer, const char *issuer, struct secret **out,
                            struct error *err)
{
    const char *path = environment_value("LOGTO_APP_SECRET_FILE");
    struct secret *secret = NULL;

    if (credentials_are_for(own_issuer, issuer)) {
        secret = path ? read_file(path, err) : secret_from_text(environment_value("LOGTO_APP_SECRET"));
        if (path && !secret)
            return false;
    }
    *out = secret;
    return true;
}

struct secret *credentials_personal_token(const char *own_issuer, const char *issuer)
{
    return credentials_are_for(own_issuer, issuer) ? secret_from_text(environment_value("LOGTO_PAT")) : NULL;
}
