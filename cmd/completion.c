#include "cmd/completion.h"

#include "cmd/output.h"
#include "session/config.h"

#include <stdlib.h>
#include <string.h>

static const struct shell {
    const char *name;
    void (*print)(FILE *out);
} shells[] = {
    {"bash", completion_print_bash},
    {"zsh", completion_print_zsh},
    {"fish", completion_print_fish},
};

bool completion_next(const char **rest, struct completion_word *word)
{
    const char *start = *rest ? *rest + strspn(*rest, " |") : "";
    /* Behind a colon '|' belongs to the word. */
    size_t text = strcspn(start, " |:");
    size_t length = text + (start[text] == ':' ? strcspn(start + text, " ") : 0);

    if (length == 0)
        return false;
    word->text = memory_format("%.*s", (int)text, start);
    word->next = length > text ? memory_format("%.*s", (int)(length - text - 1), start + text + 1) : NULL;
    *rest = start + length;
    return true;
}

void completion_release(struct completion_word *word)
{
    free(word->text);
    free(word->next);
}

void completion_escape(FILE *out, const char *text, const char *quote, const char *special)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs(quote, out);
        else if (strchr(special, *text))
            fprintf(out, "\\%c", *text);
        else
            fputc(*text, out);
    }
}

/* What the scripts ask for when a profile is to be named; a config file that can't be read has none. */
static bool print_profiles(struct error *err)
{
    _cleanup_config_ struct config config = CONFIG_EMPTY;
    _cleanup_list_ struct list names = LIST_EMPTY;

    if (!config_load(&config, err))
        return false;
    config_profile_names(&config, &names);
    for (size_t i = 0; i < names.count; i++)
        puts(names.items[i]);
    return true;
}

static void print_json(const struct shell *shell)
{
    _cleanup_json_ struct json *object = json_object();
    char *script = NULL;
    size_t size;
    FILE *out = open_memstream(&script, &size);

    shell->print(out);
    fclose(out);
    json_set_string(object, "shell", shell->name);
    json_set_string(object, "script", script);
    output_json(object);
    free(script);
}

static bool completion_run(struct context *context, const void *values, const struct list *operands,
                           struct error *err)
{
    (void)values;
    if (strcmp(operands->items[0], "@profiles") == 0)
        return print_profiles(err);
    for (size_t i = 0; i < ARRAY_SIZE(shells); i++) {
        if (strcmp(operands->items[0], shells[i].name) != 0)
            continue;
        if (context->output.json)
            print_json(&shells[i]);
        else
            shells[i].print(stdout);
        return true;
    }
    return error_set(err, ERROR_USAGE, "there is no completion for '%s', only for bash, zsh and fish",
                     operands->items[0]);
}

const struct command completion_command = {
    .name = "completion",
    .summary = "Print a shell completion script",
    .operands = "bash|zsh|fish",
    .description =
        "An installed package has put the scripts where the shells look for them. This is for a program\n"
        "that was copied by hand.",
    .examples = "  source <(logto completion bash)                    (in ~/.bashrc)\n"
                "  logto completion zsh > ~/.zfunc/_logto             (a folder of $fpath)\n"
                "  logto completion fish > ~/.config/fish/completions/logto.fish",
    .operands_minimum = 1,
    .operands_maximum = 1,
    .operand_words = "bash zsh fish",
    .profile = COMMAND_NO_PROFILE,
    .run = completion_run,
};
