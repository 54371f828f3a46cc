#include "session/context.h"

#include <string.h>

struct store *context_store(struct context *context, struct error *err)
{
    /* A login with --store may have changed the profile since. */
    if (context->store && strcmp(context->store->name, context->profile.store) != 0)
        store_close(&context->store);
    if (!context->store)
        context->store = context->open_store(context->profile.store, err);
    return context->store;
}

bool context_use_profile(struct context *context, const struct config *config, const char *name,
                         struct error *err)
{
    struct profile profile = PROFILE_EMPTY;

    if (!profile_read(name, config_profile(config, name), &profile, err))
        return error_context(err, "the profile '%s' in %s", name, config->path);
    profile.is_default = strcmp(name, config_default_profile(config)) == 0;
    profile_release(&context->profile);
    context->profile = profile;
    context->oidc.allow_plain = profile.insecure_http;
    return true;
}

void context_release(struct context *context)
{
    store_close(&context->store);
    http_close(&context->http);
    profile_release(&context->profile);
}
