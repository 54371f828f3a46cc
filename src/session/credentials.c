#include "session/credentials.h"

#include "base/environment.h"

#include <string.h>

bool credentials_are_for(const char *own_issuer, const char *issuer)
{
    return own_issuer && issuer && strcmp(own_issuer, issuer) == 0;
}

static struct secret *read_secret(const char *variable, const char *own_issuer, const char *issuer)
{
    return credentials_are_for(own_issuer, issuer) ? secret_from_text(environment_value(variable)) : NULL;
}

struct secret *credentials_app_secret(const char *own_issuer, const char *issuer)
{
    return read_secret("LOGTO_APP_SECRET", own_issuer, issuer);
}

struct secret *credentials_personal_token(const char *own_issuer, const char *issuer)
{
    return read_secret("LOGTO_PAT", own_issuer, issuer);
}
