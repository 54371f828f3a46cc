#include "cmd/setup.h"

#include "base/environment.h"
#include "base/system.h"
#include "cmd/ask.h"
#include "cmd/passphrase.h"
#include "crypto/certificate.h"
#include "crypto/seal.h"
#include "crypto/start.h"
#include "session/config.h"
#include "session/session_json.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long a store gets to answer when a user can unlock it, and when none can, ms. */
#define UNLOCK_TIMEOUT 120000
#define UNATTENDED_TIMEOUT 10000

static struct rlimit core_limit;
static mode_t file_mask;

void setup_process(void)
{
    struct rlimit none = {0, 0};

    /*
     * A closed standard stream would make the next file opened stand in for it. What is written to one that
     * was closed must fail, hence for reading only.
     */
    for (int descriptor = 0; descriptor <= 2; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0)
            (void)!open("/dev/null", O_RDONLY);
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

mode_t setup_file_mode(void)
{
    return 0666 & ~file_mask;
}

static bool user_can_answer(void)
{
    return environment_value("DISPLAY") || environment_value("WAYLAND_DISPLAY");
}

static int store_timeout(const struct command *command)
{
    if (command->store_timeout)
        return command->store_timeout;
    return user_can_answer() && !command->quiet ? UNLOCK_TIMEOUT : UNATTENDED_TIMEOUT;
}

static void note_from_store(void *data, const char *text)
{
    const struct output *output = data;

    output_note(output, "%s", text);
}

static bool confirm_for_store(void *data, const char *question)
{
    (void)data;
    return ask_possible() && ask_confirm(question);
}

static const struct store_seal seal = {seal_key_new, seal_key_derive, seal_key_fits, seal_append, seal_open};

struct interfaces setup_interfaces(const struct command *command, const char *language, struct output *output)
{
    static struct store_settings settings;

    settings = (struct store_settings){.timeout = store_timeout(command),
                                       .quiet = command->quiet,
                                       .reads_all = command->reads_all_sessions,
                                       .note = note_from_store,
                                       .confirm = confirm_for_store,
                                       .data = output,
                                       .identify = session_identify,
                                       .system = system_real(),
                                       .seal = &seal,
                                       .passphrase = passphrase_open()};
    return (struct interfaces){.system = system_real(),
                               .http = http_curl_open(crypto_start, certificate_watch),
                               .browser = browser_real(),
                               .stores = stores_new(store_kinds, &settings),
                               .passphrase = settings.passphrase,
                               .language = language};
}

void setup_release_interfaces(struct interfaces *interfaces)
{
    stores_free(&interfaces->stores);
    passphrase_close(&interfaces->passphrase);
    http_close(&interfaces->http);
}

/* A variable that overrides the profile is easily forgotten, so an error names it. */
static bool apply_environment(struct profile *profile, struct error *err)
{
    const char *endpoint = environment_value("LOGTO_ENDPOINT");
    const char *app_id = environment_value("LOGTO_APP_ID");
    const char *store = environment_value("LOGTO_STORE");

    if (endpoint && !profile_set_endpoint(profile, endpoint, err))
        return error_context(err, "LOGTO_ENDPOINT");
    if (app_id)
        profile_set_text(&profile->app_id, app_id);
    if (store)
        profile_set_text(&profile->store, store);
    return true;
}

static bool use_profile(struct context *context, const char *name, struct error *err)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;

    if (!config_load(&config, err))
        return false;
    if (!name)
        name = config_default_profile(&config);
    return profile_check_name(name, err) && config_read_profile(&config, name, &context->profile, err);
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
