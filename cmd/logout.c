#include "cmd/command.h"
#include "cmd/output.h"
#include "session/sign_out.h"

struct logout_options {
    bool local;
};

static const struct option_spec logout_option_specs[] = {
    OPTION_FLAG(logout_options, local, "local", "forget the session here without revoking it at Logto"),
    OPTION_END,
};

static void print(const struct context *context, enum sign_out_result result)
{
    const struct profile *profile = &context->profile;
    _cleanup_json_ struct json *object = NULL;

    if (context->output->json) {
        object = json_object();
        json_set_string(object, "profile", profile->name);
        json_set_string(object, "endpoint", profile->endpoint);
        json_set_boolean(object, "signed_out", result == SIGN_OUT_DONE);
        output_json(object);
    } else if (result == SIGN_OUT_DONE) {
        output_note(context->output, "Signed out of %s (profile '%s').", profile->endpoint, profile->name);
    } else {
        output_note(context->output, "Nobody was signed in to %s (profile '%s').", profile->endpoint, profile->name);
    }
}

static bool logout_run(struct context *context, const void *values, const struct list *operands, struct error *err)
{
    const struct logout_options *options = values;
    enum sign_out_result result;

    (void)operands;
    if (!sign_out(context, options->local, &result, err))
        return false;
    print(context, result);
    return true;
}

const struct command logout_command = {
    .name = "logout",
    .summary = "Revoke the session at Logto and forget it here",
    .description = "JWT access tokens that were handed out stay valid until they expire. The browser stays\n"
                   "signed in at Logto.",
    .options = logout_option_specs,
    .options_size = sizeof(struct logout_options),
    .run = logout_run,
};
