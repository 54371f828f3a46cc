#include "logto/sign_in_parameter.h"

#include "codec/url.h"

#include <ctype.h>
#include <string.h>

static const char sso_prefix[] = "sso:";

bool logto_connector_check(const char *connector, struct error *err)
{
    const char *name = connector;

    if (strncmp(name, sso_prefix, strlen(sso_prefix)) == 0)
        name += strlen(sso_prefix);
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
            return error_set(err, ERROR_USAGE, "invalid connector name '%s'", connector);
    if (strlen(name) > 128 || (name != connector && !*name))
        return error_set(err, ERROR_USAGE, "invalid connector name '%s'", connector);
    return true;
}

bool logto_sign_in_append(const struct logto_sign_in *sign_in, struct buffer *form, struct error *err)
{
    _cleanup_free_ char *direct = NULL;

    if (sign_in->connector && strncmp(sign_in->connector, sso_prefix, strlen(sso_prefix)) == 0)
        direct = memory_duplicate(sign_in->connector);
    else if (sign_in->connector && *sign_in->connector)
        direct = memory_format("social:%s", sign_in->connector);
    return form_append(form, "direct_sign_in", direct, err) &&
           form_append(form, "first_screen", sign_in->sign_up ? "register" : NULL, err);
}
