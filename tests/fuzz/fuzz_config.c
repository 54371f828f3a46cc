/* A config file that is accepted has profiles that can be used; written out and read again they are the same.
 */
#include "world.h"

#include "session/config.h"

static void check_same(const struct profile *a, const struct profile *b)
{
    CHECK(a->port == b->port && a->organizations == b->organizations && a->insecure_http == b->insecure_http);
    CHECK(!a->endpoint == !b->endpoint && (!a->endpoint || strcmp(a->endpoint, b->endpoint) == 0));
    CHECK(!a->app_id == !b->app_id && (!a->app_id || strcmp(a->app_id, b->app_id) == 0));
    CHECK(strcmp(a->connector, b->connector) == 0 && strcmp(a->store, b->store) == 0);
    CHECK(a->scopes.count == b->scopes.count && a->resources.count == b->resources.count);
}

static void check_profile(const struct config *config, const char *name)
{
    _cleanup_profile_ struct profile profile = PROFILE_EMPTY;
    _cleanup_profile_ struct profile again = PROFILE_EMPTY;
    _cleanup_json_ struct json *object = json_object();
    struct error err = {.code = ERROR_NONE};

    if (!config_read_profile(config, name, &profile, &err)) {
        fuzz_check_error(&err);
        return;
    }
    CHECK(!profile.endpoint == !profile.issuer && profile.store && profile.connector);
    profile_write(&profile, object);
    CHECK(profile_read(name, object, &again, &err));
    check_same(&profile, &again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    _cleanup_list_ struct list names = LIST_EMPTY;
    struct error err = {.code = ERROR_NONE};

    fuzz_write_file("logto/config.json", data, size);
    if (!config_load(&config, &err)) {
        fuzz_check_error(&err);
        CHECK(err.code == ERROR_CONFIG || err.code == ERROR_IO);
        return 0;
    }
    config_profile_names(&config, &names);
    for (size_t i = 0; i < names.count; i++)
        check_profile(&config, names.items[i]);
    CHECK(config_default_profile(&config)[0]);
    return 0;
}
