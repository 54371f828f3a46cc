#include "cmd/describe.h"

#include <string.h>

char *describe_user(const struct json *claims)
{
    static const char *const names[] = {"name", "username", "email", "sub"};
    const char *email = json_string(claims, "email");
    const char *name = NULL;

    for (size_t i = 0; i < ARRAY_SIZE(names) && !name; i++)
        name = json_string(claims, names[i]);
    if (!name)
        return memory_duplicate("an unnamed user");
    if (email && strcmp(email, name) != 0)
        return memory_format("%s <%s>", name, email);
    return memory_duplicate(name);
}

char *describe_session_user(const struct session *session)
{
    return session->machine ? memory_format("the app %s (machine-to-machine)", session->app_id)
                            : describe_user(session->claims);
}

struct json *describe_session(const struct session *session)
{
    struct json *object = json_object();

    json_set_string(object, "profile", session->profile);
    json_set_string(object, "endpoint", session->endpoint);
    json_set_string(object, "issuer", session->issuer);
    json_set_string(object, "app_id", session->app_id);
    return object;
}
