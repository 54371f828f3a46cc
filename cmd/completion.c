#include "cmd/complete.h"
#include "cmd/output.h"

#include <stdio.h>
#include <string.h>

/* completions/, compiled in by cmd/CMakeLists.txt. */
extern const char completion_bash[];
extern const char completion_zsh[];
extern const char completion_fish[];

static const struct shell {
    const char *name;
    const char *script;
} shells[] = {
    {"bash", completion_bash},
    {"zsh", completion_zsh},
    {"fish", completion_fish},
};

static void print_json(const struct shell *shell)
{
    _cleanup_json_ struct json *object = json_object();

    json_set_string(object, "shell", shell->name);
    json_set_string(object, "script", shell->script);
    output_json(object);
}

static bool print_script(const struct output *output, const char *name, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(shells); i++) {
        if (strcmp(name, shells[i].name) != 0)
            continue;
        if (output->json)
            print_json(&shells[i]);
        else
            fputs(shells[i].script, stdout);
        return true;
    }
    return error_set(err, ERROR_USAGE, "unknown shell '%s' (expected bash, zsh or fish)", name);
}

static bool completion_run(struct context *context, const void *values, const struct list *operands,
                           struct error *err)
{
    (void)values;
    if (strcmp(operands->items[0], "@complete") == 0) {
        complete_print(context, operands->items + 1, operands->count - 1);
        return true;
    }
    if (operands->count > 1)
        return error_set(err, ERROR_USAGE, "too many arguments: expected bash, zsh or fish");
    return print_script(&context->output, operands->items[0], err);
}

static const struct operand_words completion_operand_words[] = {{NULL, "bash|zsh|fish"}, {NULL, NULL}};

const struct command completion_command = {
    .quiet = true,
    .store_timeout = 1000, /* a key was pressed, and the shell waits */
    .name = "completion",
    .summary = "Print a shell completion script",
    .operands = "bash|zsh|fish",
    .description =
        "An installed package has put the scripts where the shells look for them; use this for a program "
        "that was installed by hand.",
    .examples = "  source <(logto completion bash)              (in ~/.bashrc)\n"
                "  logto completion zsh > ~/.zfunc/_logto       (a directory in $fpath)\n"
                "  logto completion fish > ~/.config/fish/completions/logto.fish",
    .operands_minimum = 1,
    .operands_maximum = -1, /* @complete takes a whole command line */
    .operand_words = completion_operand_words,
    .profile = COMMAND_NO_PROFILE,
    .run = completion_run,
};
