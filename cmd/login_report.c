#include "cmd/login_report.h"

#include "cmd/describe.h"
#include "session/hint.h"

#include <string.h>

static void print_json(const struct context *context, const struct session *session)
{
    _cleanup_json_ struct json *object = describe_session(session);

    json_set_string(object, "sub", json_string(session->claims, "sub"));
    json_set_string(object, "name", json_string(session->claims, "name"));
    json_set_string(object, "email", json_string(session->claims, "email"));
    json_set_string(object, "store", context->profile.store);
    json_set_list(object, "scopes", &session->scopes);
    json_set_list(object, "resources", &session->resources);
    json_set_integer(object, "expires_at", session_expires_at(session));
    output_json(object);
}

static void print_text(const struct context *context, const struct session *session)
{
    _cleanup_free_ char *user = describe_session_user(session);

    output_note(&context->output, "Signed in as %s. The session is stored in the %s.", user,
                context->profile.store);
}

static void warn_about_grant(const struct context *context, const struct list *scopes,
                             const struct session *session)
{
    const char *missing = list_missing(scopes, &session->scopes);

    if (!session->refresh_token && !session->machine)
        output_warning(&context->output,
                       "Logto issued no refresh token: sign in again when the access token expires");
    else if (missing)
        output_warning(&context->output, "Logto did not grant the scope %s", missing);
}

/* What the tenant keeps of Google's is that of the last sign-in: a consent for more is lost with it. */
static void warn_about_google(const struct context *context, const char *connector)
{
    const struct profile *profile = &context->profile;
    _cleanup_free_ char *lost = list_join(&profile->google_scopes, " ");
    struct error again = {.hint = ""};

    if (profile->google_scopes.count == 0 || strcmp(connector, "google") != 0)
        return;
    output_note(&context->output, "A sign-in with Google narrows the Google token that Logto keeps, by: %s",
                lost);
    hint_authorize(profile, &profile->google_scopes, &again);
    output_note(&context->output, "To widen it again: %s", again.hint);
}

void login_report(const struct context *context, const char *connector, const struct list *asked_scopes,
                  const struct session *session)
{
    if (context->output.json)
        print_json(context, session);
    else
        print_text(context, session);
    warn_about_grant(context, asked_scopes, session);
    if (!session->machine)
        warn_about_google(context, connector);
}
