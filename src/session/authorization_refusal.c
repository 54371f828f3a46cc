#include "session/authorization_refusal.h"

#include "logto/scope.h"

#include <string.h>

/* What is refused, and by what. */
struct refused {
    const struct profile *profile;
    const struct client *client;
    const struct list *resources;
    const struct oauth_error *why;
};

static bool says(const struct refused *refused, const char *part)
{
    return strstr(refused->why->description, part) != NULL;
}

/* The server's words, for the end of a message. */
static const char *words(const struct refused *refused)
{
    return refused->why->description[0] ? refused->why->description : refused->why->error;
}

static bool explain_client(const struct refused *refused, struct error *err)
{
    if (refused->why->status != 401) {
        error_set(err, ERROR_CONFIG, "%s has no app %s: \"%s\"", refused->profile->endpoint,
                  refused->client->id, words(refused));
        return error_hint(err, "check the app id in the Logto Console (Applications)");
    }
    if (refused->client->secret) {
        error_set(err, ERROR_CONFIG, "Logto does not accept the secret of the app %s: \"%s\"",
                  refused->client->id, words(refused));
        return error_hint(err,
                          "check the secret on the app's page in the Logto Console; a Native app has none");
    }
    error_set(err, ERROR_CONFIG, "the app %s has a secret, and none was given: \"%s\"", refused->client->id,
              words(refused));
    return error_hint(err,
                      "give it with --app-secret-file FILE or LOGTO_APP_SECRET_FILE, or use a Native app");
}

/* Logto accepts any port for a Native app, so the profile's is the one to register. */
static bool explain_redirect_uri(const struct refused *refused, struct error *err)
{
    unsigned port = refused->profile->port;

    error_set(err, ERROR_CONFIG, "http://localhost:%u/callback is not a redirect URI of the app %s: \"%s\"",
              port, refused->client->id, words(refused));
    return error_hint(
        err,
        "on the app's page in the Logto Console (type Native or Traditional web) add the redirect URI "
        "http://localhost:%u/callback and the post sign-out redirect URI http://localhost:%u/",
        port, port);
}

static bool explain_kind(const struct refused *refused, struct error *err)
{
    error_set(err, ERROR_CONFIG, "the app %s is not made for signing in with a browser: \"%s\"",
              refused->client->id, words(refused));
    return error_hint(
        err, "use an app of type Native or Traditional web; one that was created for the device flow "
             "works with: logto login --device --device-app-id ID");
}

static bool explain_resource(const struct refused *refused, struct error *err)
{
    _cleanup_list_ struct list own = LIST_EMPTY;
    _cleanup_free_ char *names = NULL;

    for (size_t i = 0; i < refused->resources->count; i++)
        if (strcmp(refused->resources->items[i], LOGTO_RESOURCE_ORGANIZATIONS) != 0)
            list_add(&own, refused->resources->items[i]);
    names = list_join(&own, ", ");
    error_set(err, ERROR_CONFIG, "%s does not know %s: %s: \"%s\"", refused->profile->endpoint,
              own.count == 1 ? "the API" : "one of the APIs", names, words(refused));
    return error_hint(err, "register it in the Logto Console (API resources), or leave it out");
}

static bool explain_scope(const struct refused *refused, struct error *err)
{
    error_set(err, ERROR_CONFIG, "the app %s may not ask for a scope: \"%s\"", refused->client->id,
              words(refused));
    return error_hint(err, "allow it on the app's page in the Logto Console (Permissions)");
}

bool authorization_explain_refusal(const struct profile *profile, const struct client *client,
                                   const struct list *resources, const struct oauth_error *refusal,
                                   struct error *err)
{
    struct refused refused = {profile, client, resources, refusal};
    enum oauth_error_kind kind = refusal->kind;

    if (kind == OAUTH_INVALID_CLIENT)
        return explain_client(&refused, err);
    if (kind == OAUTH_INVALID_REDIRECT_URI ||
        (kind == OAUTH_INVALID_REQUEST && says(&refused, "redirect_uri")))
        return explain_redirect_uri(&refused, err);
    if (kind == OAUTH_UNAUTHORIZED_CLIENT ||
        (kind == OAUTH_INVALID_REQUEST && says(&refused, "not allowed for this client")))
        return explain_kind(&refused, err);
    if (kind == OAUTH_INVALID_TARGET)
        return explain_resource(&refused, err);
    if (kind == OAUTH_INVALID_SCOPE)
        return explain_scope(&refused, err);
    return false;
}
