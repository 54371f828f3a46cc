/* The sign-in experience that a tenant publishes. What it lists is offered, and nothing without a name is
 * listed. */
#include "fuzz.h"

#include "logto/sign_in_experience.h"
#include "logto/sign_in_parameter.h"

#include <stdlib.h>
#include <string.h>

static void check(const struct sign_in_experience *experience, const char *connector)
{
    CHECK(sign_in_experience_offers(experience, connector));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_json_ struct json *document = json_parse((const char *)data, size, NULL);
    _cleanup_sign_in_experience_ struct sign_in_experience experience = SIGN_IN_EXPERIENCE_EMPTY;
    _cleanup_free_ char *names = NULL;

    if (!document || !sign_in_experience_read(document, &experience, NULL))
        return 0;
    for (size_t i = 0; i < experience.targets.count; i++)
        if (!logto_connector_sso_id(experience.targets.items[i]))
            check(&experience, experience.targets.items[i]);
    for (size_t i = 0; i < experience.sso.count; i++) {
        _cleanup_free_ char *name = memory_format(LOGTO_CONNECTOR_SSO "%s", experience.sso.items[i]);

        check(&experience, name);
    }
    CHECK(!list_contains(&experience.targets, "") && !list_contains(&experience.sso, ""));
    names = sign_in_experience_names(&experience);
    CHECK(strlen(names) > 0);
    return 0;
}
