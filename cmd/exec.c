#include "base/environment.h"
#include "base/interrupt.h"
#include "cmd/access_option.h"
#include "cmd/setup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct exec_options {
    struct access_request request;
};

static const struct option_spec exec_option_specs[] = {
    ACCESS_OPTIONS(exec_options),
    OPTION_END,
};

/* The exit status is a shell's: 127 when the program is not found, 126 when it can't be run. */
static void replace_process(char **argv)
{
    execvp(argv[0], argv);
    fprintf(stderr, "logto: cannot run %s: %s\n", argv[0], strerror(errno));
    _exit(errno == ENOENT ? 127 : 126);
}

static bool exec_run(struct context *context, const void *values, const struct list *operands,
                     struct error *err)
{
    const struct exec_options *options = values;
    _cleanup_access_token_ struct access_token token = {.token = NULL};
    char **argv;

    if (!access_obtain_token(context, &options->request, &token, err))
        return false;
    environment_remove_credentials();
    setenv("LOGTO_ACCESS_TOKEN", secret_text(token.token), 1);
    argv = memory_allocate(operands->count + 1, sizeof(*argv));
    memcpy(argv, operands->items, operands->count * sizeof(*argv));
    setup_release_interfaces(&context->interfaces);
    interrupt_restore();
    setup_restore_process();
    replace_process(argv);
    return false;
}

const struct command exec_command = {
    .name = "exec",
    .summary = "Run a command with an access token in its environment",
    .operands = "-- COMMAND [ARGS…]",
    .operands_minimum = 1,
    .operands_maximum = -1,
    .stops_at_operand = true,
    .description =
        "Replaces this process with COMMAND, with the token in LOGTO_ACCESS_TOKEN and without "
        "LOGTO_APP_SECRET, LOGTO_PASSPHRASE and LOGTO_PAT. The exit status is that of COMMAND, 127 if it is "
        "not found, or 126 if it cannot be run.",
    .examples = "  logto exec --resource https://api.example.com -- ./deploy.sh --all",
    .options = exec_option_specs,
    .options_size = sizeof(struct exec_options),
    .run = exec_run,
};
