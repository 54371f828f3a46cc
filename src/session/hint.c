#include "session/hint.h"

#include "base/shell.h"
#include "logto/scope.h"

#include <string.h>

static bool append_option(struct buffer *line, const char *option, const char *value)
{
    _cleanup_free_ char *quoted = value ? shell_quote(value) : NULL;

    return buffer_append_format(line, NULL, " %s%s%s", option, quoted ? " " : "", quoted ? quoted : "");
}

static bool append_missing(const struct session *session, const struct access_request *request,
                           struct buffer *line)
{
    if (request->resource && !list_contains(&session->resources, request->resource) &&
        !append_option(line, "--resource", request->resource))
        return false;
    if (request->organization_id && !list_contains(&session->scopes, LOGTO_SCOPE_ORGANIZATIONS) &&
        !append_option(line, "--organizations", NULL))
        return false;
    for (size_t i = 0; i < request->scopes.count; i++)
        if (!list_contains(&session->scopes, request->scopes.items[i]) &&
            !append_option(line, "--scope", request->scopes.items[i]))
            return false;
    return true;
}

/* A name that the user chose is repeated even when that profile is the default. */
static bool is_plain_default(const struct profile *profile)
{
    return profile->is_default && strcmp(profile->name, "default") == 0;
}

static bool append_profile(struct buffer *line, const struct profile *profile)
{
    return is_plain_default(profile) || append_option(line, "--profile", profile->name);
}

/* Whether the profile's session comes from the device flow, or would have to. */
static bool is_device_session(const struct profile *profile, const struct session *session)
{
    if (!profile->device_app_id || !profile->app_id)
        return profile->device_app_id != NULL;
    return session && session->app_id && strcmp(session->app_id, profile->device_app_id) == 0;
}

bool hint_login(const struct profile *profile, const struct session *session,
                const struct access_request *request, struct error *err)
{
    _cleanup_buffer_ struct buffer line = BUFFER(sizeof(err->hint) - 1);

    /* No hint rather than a truncated command line. */
    if (buffer_append_text(&line, "logto login", NULL) && append_profile(&line, profile) &&
        (!is_device_session(profile, session) || append_option(&line, "--device", NULL)) &&
        (!request || append_missing(session, request, &line)))
        error_hint(err, "%s", buffer_text(&line));
    return false;
}

bool hint_command(const struct profile *profile, const char *command, struct error *err)
{
    _cleanup_buffer_ struct buffer line = BUFFER(sizeof(err->hint) - 1);

    if (buffer_append_text(&line, command, NULL) && append_profile(&line, profile))
        error_hint(err, "%s", buffer_text(&line));
    return false;
}

bool hint_set_up(const struct profile *profile, bool device, struct error *err)
{
    const char *app_id = device ? profile->device_app_id : profile->app_id;
    _cleanup_buffer_ struct buffer line = BUFFER(sizeof(err->hint) - 1);

    if (buffer_append_format(&line, NULL, "logto login%s", device ? " --device" : "") &&
        (profile->endpoint || buffer_append_text(&line, " --endpoint https://TENANT.logto.app", NULL)) &&
        (app_id || buffer_append_format(&line, NULL, " --%sapp-id ID", device ? "device-" : "")) &&
        append_profile(&line, profile))
        error_hint(err, "%s", buffer_text(&line));
    return false;
}

bool hint_device_app(const struct profile *profile, struct error *err)
{
    _cleanup_buffer_ struct buffer line = BUFFER(sizeof(err->hint) - 1);

    if (buffer_append_text(
            &line,
            "create a Native app for the device flow (\"Input-limited app / CLI\") in the Logto "
            "Console, then: logto login --device --device-app-id ID",
            NULL) &&
        append_profile(&line, profile))
        error_hint(err, "%s", buffer_text(&line));
    return false;
}

static bool append_reauthentication(const struct profile *profile, const struct session *session,
                                    struct buffer *line)
{
    return append_option(line, is_device_session(profile, session) ? "--device" : "--reauth", NULL);
}

bool hint_sign_in_again(const struct profile *profile, const struct session *session, const char *target,
                        const char *before, struct error *err)
{
    _cleanup_buffer_ struct buffer line = BUFFER(sizeof(err->hint) - 1);

    if ((!before ||
         (buffer_append_text(&line, before, NULL) && buffer_append_text(&line, ", then: ", NULL))) &&
        buffer_append_text(&line, "logto login", NULL) && append_profile(&line, profile) &&
        append_reauthentication(profile, session, &line) &&
        (strcmp(profile->connector, target) == 0 || append_option(&line, "--connector", target)))
        error_hint(err, "%s", buffer_text(&line));
    return false;
}

bool hint_authorize(const struct profile *profile, const struct list *scopes, struct error *err)
{
    _cleanup_buffer_ struct buffer line = BUFFER(sizeof(err->hint) - 1);
    bool ok = buffer_append_text(&line, "logto google authorize", NULL) && append_profile(&line, profile);

    for (size_t i = 0; ok && i < scopes->count; i++)
        ok = append_option(&line, "--scope", scopes->items[i]);
    if (ok)
        error_hint(err, "%s", buffer_text(&line));
    return false;
}
