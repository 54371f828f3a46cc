#include "logto/sign_in_experience.h"

#include "logto/sign_in_parameter.h"

#include <string.h>

/* The text member `name` of each element. */
static void read_names(const struct json *connectors, const char *name, struct list *out)
{
    for (const struct json *connector = json_first(connectors); connector; connector = json_next(connector)) {
        const char *text = json_string(connector, name);

        if (text && *text)
            list_add(out, text);
    }
}

/* A target that has several connectors, for the web and for apps, stands for the first. */
static void read_social(const struct json *connectors, struct sign_in_experience *out)
{
    for (const struct json *connector = json_first(connectors); connector; connector = json_next(connector)) {
        const char *target = json_string(connector, "target");
        const char *id = json_string(connector, "id");

        if (!target || !*target || list_contains(&out->targets, target))
            continue;
        list_append(&out->targets, target);
        list_append(&out->ids, id ? id : "");
    }
}

bool sign_in_experience_read(const struct json *document, struct sign_in_experience *out, struct error *err)
{
    const struct json *social = json_member(document, "socialConnectors");
    const struct json *sso = json_member(document, "ssoConnectors");

    if (!json_is_array(social))
        return error_set(err, ERROR_PROTOCOL, "the sign-in experience has no socialConnectors");
    *out = (struct sign_in_experience)SIGN_IN_EXPERIENCE_EMPTY;
    read_social(social, out);
    if (json_is_array(sso))
        read_names(sso, "id", &out->sso);
    return true;
}

bool sign_in_experience_offers(const struct sign_in_experience *experience, const char *connector)
{
    const char *id = logto_connector_sso_id(connector);

    return id ? list_contains(&experience->sso, id) : list_contains(&experience->targets, connector);
}

const char *sign_in_experience_id(const struct sign_in_experience *experience, const char *target)
{
    for (size_t i = 0; i < experience->targets.count; i++)
        if (strcmp(experience->targets.items[i], target) == 0 && *experience->ids.items[i])
            return experience->ids.items[i];
    return NULL;
}

char *sign_in_experience_names(const struct sign_in_experience *experience)
{
    _cleanup_list_ struct list names = LIST_EMPTY;

    list_add_all(&names, &experience->targets);
    for (size_t i = 0; i < experience->sso.count; i++) {
        _cleanup_free_ char *name = memory_format(LOGTO_CONNECTOR_SSO "%s", experience->sso.items[i]);

        list_add(&names, name);
    }
    return names.count ? list_join(&names, ", ") : memory_duplicate("none");
}

void sign_in_experience_release(struct sign_in_experience *experience)
{
    list_release(&experience->targets);
    list_release(&experience->ids);
    list_release(&experience->sso);
}
