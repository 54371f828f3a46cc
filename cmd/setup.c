#include "cmd/setup.h"

#include "base/environment.h"
#include "base/system.h"
#include "session/config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long a person gets to unlock the keyring, and how long it gets when nobody is there to ask, ms. */
#define PATIENCE_PERSON 120000
#define PATIENCE_NOBODY 10000

static struct rlimit core_limit;
static mode_t file_mask;

void setup_process(void)
{
    struct rlimit none = {0, 0};

    /* A closed standard stream would make the next file opened stand in for it. */
    for (int descriptor = 0; descriptor <= 2; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0)
            (void)!open("/dev/null", O_RDWR);
    file_mask = umask(077);
    getrlimit(RLIMIT_CORE, &core_limit);
    none.rlim_max = core_limit.rlim_max;
    setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ /* LeakSanitizer traces its own process */
    prctl(PR_SET_DUMPABLE, 0);
#endif
}

void setup_restore_process(void)
{
    umask(file_mask);
    setrlimit(RLIMIT_CORE, &core_limit);
}

static bool somebody_can_answer(void)
{
    return environment_value("DISPLAY") || environment_value("WAYLAND_DISPLAY");
}

static struct store *open_store(const char *name, struct error *err)
{
    if (strcmp(name, "keyring") == 0)
        return store_keyring_open(somebody_can_answer() ? PATIENCE_PERSON : PATIENCE_NOBODY);
    error_set(err, ERROR_CONFIG, "there is no store '%s'", name);
    error_hint(err, "stores: %s", STORE_NAMES);
    return NULL;
}

void setup_doors(struct context *context, const char *language)
{
    context->system = system_real();
    context->http = http_curl_open();
    context->browser = browser_real();
    context->open_store = open_store;
    context->oidc = (struct oidc){.http = context->http, .system = context->system, .language = language};
}

/* A variable that overrides what the profile says is a common reason for surprise, so an error names it. */
static bool apply_environment(struct profile *profile, struct error *err)
{
    const char *endpoint = environment_value("LOGTO_ENDPOINT");
    const char *app_id = environment_value("LOGTO_APP_ID");
    const char *store = environment_value("LOGTO_STORE");

    if (endpoint && !profile_set_endpoint(profile, endpoint, err))
        return error_context(err, "LOGTO_ENDPOINT");
    if (app_id)
        profile_set_app_id(profile, app_id);
    if (store) {
        free(profile->store);
        profile->store = memory_duplicate(store);
    }
    return true;
}

static bool use_profile(struct context *context, const char *name, struct error *err)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;

    if (!config_load(&config, err))
        return false;
    if (!name)
        name = config_default_profile(&config);
    return profile_check_name(name, err) && context_use_profile(context, &config, name, err);
}

bool setup_profile(struct context *context, enum command_profile needed, const char *name, struct error *err)
{
    if (needed == COMMAND_NO_PROFILE)
        return true;
    if (!name)
        name = environment_value("LOGTO_PROFILE");
    if (needed == COMMAND_PROFILE_NAME) {
        context->profile.name = memory_duplicate(name);
        return !name || profile_check_name(name, err);
    }
    return use_profile(context, name, err) && apply_environment(&context->profile, err);
}
