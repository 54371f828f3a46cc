#include "cmd/command.h"
#include "cmd/output.h"

struct inspect_options {
    bool no_verify;
};

static const struct option_spec inspect_option_specs[] = {
    OPTION_FLAG(inspect_options, no_verify, "no-verify", "decode only, and say so"),
    OPTION_END,
};

static bool inspect_run(struct context *context, const void *values, const struct list *operands, struct error *err)
{
    (void)context;
    (void)values;
    (void)operands;
    return error_set(err, ERROR_INTERNAL, "to come");
}

const struct command inspect_command = {
    .name = "inspect",
    .summary = "Decode a JWT and say whether it is valid",
    .operands = "[TOKEN]",
    .operands_maximum = 1,
    .options = inspect_option_specs,
    .options_size = sizeof(struct inspect_options),
    .run = inspect_run,
};
