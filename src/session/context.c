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

void context_release(struct context *context)
{
    store_close(&context->store);
    http_close(&context->http);
    profile_release(&context->profile);
}
