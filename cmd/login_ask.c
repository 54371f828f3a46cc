#include "cmd/login_ask.h"

#include "cmd/ask.h"
#include "session/hint.h"
#include "session/sign_in_device.h"

static bool fail_missing(const struct profile *profile, bool device, struct error *err)
{
    error_set(err, ERROR_CONFIG, "no %s is configured", profile->endpoint ? "app id" : "Logto endpoint");
    return hint_set_up(profile, device || profile->device_app_id, err);
}

static bool ask_endpoint(struct profile *profile, struct error *err)
{
    _cleanup_free_ char *endpoint = ask_text("Logto endpoint (https://TENANT.logto.app)", err);

    return endpoint && profile_set_endpoint(profile, endpoint, err);
}

static bool ask_app_id(struct profile *profile, struct error *err)
{
    _cleanup_free_ char *app_id = ask_text("App id (Logto Console, Applications)", err);

    if (app_id)
        profile_set_text(&profile->app_id, app_id);
    return app_id != NULL;
}

bool login_ask_missing(struct profile *profile, bool device, struct error *err)
{
    bool complete = profile->endpoint && (device || profile->app_id);

    if (!complete && !ask_possible())
        return fail_missing(profile, device, err);
    return (profile->endpoint || ask_endpoint(profile, err)) &&
           (device ? sign_in_device_check(profile, err) : profile->app_id || ask_app_id(profile, err));
}
