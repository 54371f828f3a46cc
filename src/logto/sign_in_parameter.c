#include "logto/sign_in_parameter.h"

#include "codec/url.h"

#include <ctype.h>
#include <string.h>

const char *logto_connector_sso_id(const char *connector)
{
    size_t length = strlen(LOGTO_CONNECTOR_SSO);

    return strncmp(connector, LOGTO_CONNECTOR_SSO, length) == 0 ? connector + length : NULL;
}

bool logto_connector_check(const char *connector, struct error *err)
{
    const char *id = logto_connector_sso_id(connector);
    const char *name = id ? id : connector;

    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
            return error_set(err, ERROR_USAGE, "invalid connector name '%s'", connector);
    if (strlen(name) > 128 || (id && !*id))
        return error_set(err, ERROR_USAGE, "invalid connector name '%s'", connector);
    return true;
}

bool logto_sign_in_append(const struct logto_sign_in *sign_in, struct buffer *form, struct error *err)
{
    _cleanup_free_ char *direct = NULL;

    if (sign_in->connector && logto_connector_sso_id(sign_in->connector))
        direct = memory_duplicate(sign_in->connector);
    else if (sign_in->connector && *sign_in->connector)
        direct = memory_format("social:%s", sign_in->connector);
    return form_append(form, "direct_sign_in", direct, err) &&
           form_append(form, "first_screen", sign_in->sign_up ? "register" : NULL, err);
}
