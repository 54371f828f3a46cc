#include "cmd/api_token.h"

#include "base/environment.h"
#include "cmd/access_option.h"
#include "session/access.h"
#include "session/api_target.h"
#include "session/hint.h"
#include "session/organization.h"

static bool fail_not_granted(const struct context *context, const struct url *url,
                             const struct session *session, const struct access_request *request,
                             struct error *err)
{
    _cleanup_free_ char *origin = url_origin(url);
    _cleanup_free_ char *guess = api_target_guess(url, context->profile.endpoint);
    struct access_request missing = *request;

    missing.resource = guess;
    error_set(err, ERROR_NOT_GRANTED,
              "the session of the profile '%s' covers no API whose identifier is a prefix of %s%s",
              context->profile.name, origin, url->path);
    return hint_login(&context->profile, session, &missing, err);
}

/* An app by itself can name any API or organization, but it has no opaque token: that is a user's. */
static bool choose_for_machine(const struct context *context, const struct url *url,
                               const struct access_request *request, struct error *err)
{
    _cleanup_free_ char *origin = url_origin(url);

    if (request->organization_id)
        return true;
    error_set(err, ERROR_NOT_GRANTED, "the profile '%s' names no API whose identifier is a prefix of %s%s",
              context->profile.name, origin, url->path);
    return error_hint(err, "name the API with --resource");
}

/* Completes `request`, whose resource is then *resource. */
static bool choose(const struct context *context, const struct url *url, const struct session *session,
                   struct access_request *request, char **resource, struct error *err)
{
    struct api_target target = api_target_find(url, context->profile.endpoint, &session->resources);

    if (request->resource)
        return true;
    if (session->machine && target.token != API_TOKEN_RESOURCE)
        return choose_for_machine(context, url, request, err);
    if (target.token == API_TOKEN_NONE)
        return fail_not_granted(context, url, session, request, err);
    if (target.token == API_TOKEN_OPAQUE && request->organization_id)
        return error_set(err, ERROR_USAGE, "--organization cannot be used with %s", url->path);
    *resource = memory_duplicate(target.resource);
    request->resource = *resource;
    return true;
}

static bool from_session(const struct context *context, const struct url *url,
                         const struct access_request *wanted, struct secret **out, bool *cached,
                         struct error *err)
{
    const struct interfaces *interfaces = &context->interfaces;
    struct access_request request = *wanted;
    _cleanup_session_ struct session session = SESSION_EMPTY;
    _cleanup_free_ char *resource = NULL, *organization_id = NULL;
    const struct access_token *token;
    bool had;

    if (!session_load(interfaces, &context->profile, &session, err) ||
        !choose(context, url, &session, &request, &resource, err) ||
        !organization_resolve(interfaces, &context->profile, &session, &request, &organization_id, err))
        return false;
    had = session_has_access_token(interfaces, &session, &request);
    if (!session_access_token(interfaces, &context->profile, &session, &request, &token, err))
        return false;
    *out = secret_copy(token->token);
    if (cached)
        *cached = had;
    return true;
}

/* Only Logto knows what the environment's credentials can do, so the URL can't say which API is meant. */
static bool check_machine(const struct context *context, const struct url *url,
                          const struct access_request *request, struct error *err)
{
    struct list none = LIST_EMPTY;
    bool is_users = environment_value("LOGTO_PAT") != NULL;

    if (request->resource || request->organization_id ||
        (is_users && api_target_find(url, context->profile.endpoint, &none).token == API_TOKEN_OPAQUE))
        return true;
    return error_set(err, ERROR_USAGE,
                     "credentials from the environment require --resource or --organization");
}

static bool from_machine(const struct context *context, const struct url *url,
                         const struct access_request *request, struct secret **out, bool *cached,
                         struct error *err)
{
    _cleanup_access_token_ struct access_token token = {.token = NULL};

    if (!check_machine(context, url, request, err) || !access_obtain_token(context, request, &token, err))
        return false;
    *out = TAKE(token.token);
    if (cached)
        *cached = false;
    return true;
}

bool api_token_obtain(const struct context *context, const struct url *url,
                      const struct access_request *request, struct secret **out, bool *cached,
                      struct error *err)
{
    return access_is_machine() ? from_machine(context, url, request, out, cached, err)
                               : from_session(context, url, request, out, cached, err);
}
