#include "base/interrupt.h"
#include "base/locale.h"
#include "base/log.h"
#include "cmd/command.h"
#include "cmd/help.h"
#include "cmd/output.h"
#include "cmd/setup.h"
#include "session/store_move.h"

#include <stdlib.h>
#include <string.h>

static const char interrupted_json[] =
    "{\"error\":{\"code\":\"interrupted\",\"message\":\"interrupted\",\"hint\":null}}\n";
static const char exhausted_json[] =
    "{\"error\":{\"code\":\"internal\",\"message\":\"out of memory\",\"hint\":null}}\n";

/* One run of the program, from the command line to the exit status. */
struct run {
    struct global_options global;
    const struct command *command; /* NULL until it is known */
    void *options;                 /* the command's own struct */
    struct list operands;
    struct output output;
};

/* The first operand: which options it takes is known only then. */
static bool find_command(int argc, char **argv, struct run *run, int *position, struct error *err)
{
    struct option_target target = {global_option_specs, &run->global};

    if (!option_parse(argc, argv, &target, 1, true, position, err))
        return false;
    if (*position >= argc)
        return true;
    run->command = command_require(argv[*position], err);
    return run->command != NULL;
}

static bool check_operands(const struct run *run, struct error *err)
{
    int count = (int)run->operands.count;

    if (count < run->command->operands_minimum)
        return error_set(err, ERROR_USAGE, "usage: logto %s %s", run->command->name, run->command->operands);
    if (count > run->command->operands_maximum && run->command->operands_maximum >= 0)
        return error_set(err, ERROR_USAGE, "too many arguments: expected %d at most, not %d",
                         run->command->operands_maximum, count);
    return true;
}

static bool parse_command(int argc, char **argv, struct run *run, struct error *err)
{
    struct option_target targets[2] = {{global_option_specs, &run->global}, {run->command->options, NULL}};
    int operand;

    run->options = memory_allocate(1, run->command->options_size + 1);
    targets[1].values = run->options;
    if (!option_parse(argc, argv, targets, 2, run->command->stops_at_operand, &operand, err))
        return false;
    for (int i = operand; i < argc; i++)
        list_append(&run->operands, argv[i]);
    return run->global.help || check_operands(run, err);
}

static bool parse(int argc, char **argv, struct run *run, struct error *err)
{
    int position;

    if (!find_command(argc, argv, run, &position, err))
        return false;
    return !run->command || parse_command(argc - position, argv + position, run, err);
}

static bool run_command(struct run *run, struct error *err)
{
    _cleanup_free_ char *language = locale_language();
    struct context context = {.interfaces = setup_interfaces(run->command, language, &run->output),
                              .output = run->output};
    bool ok;

    context.interfaces.notices = output_notices(&context.output);
    ok = setup_profile(&context, run->command->profile, run->global.profile, err);
    if (ok)
        store_move_tidy(&context.interfaces, &context.profile);
    ok = ok && run->command->run(&context, run->options, &run->operands, err);
    setup_release_interfaces(&context.interfaces);
    profile_release(&context.profile);
    return ok;
}

static bool run_or_print_help(struct run *run, struct error *err)
{
    if (run->global.version)
        help_print_version(&run->output);
    else if (!run->command)
        help_print_overview();
    else if (run->global.help)
        help_print_command(run->command);
    else
        return run_command(run, err);
    return true;
}

static void print_error(const struct run *run, const struct error *err)
{
    _cleanup_free_ char *see = NULL;

    if (err->code == ERROR_USAGE)
        see = run->command ? memory_format("see 'logto %s --help'", run->command->name)
                           : memory_duplicate("see 'logto --help'");
    output_error(&run->output, err, see);
}

/* A usage error may come before --json was read. */
static bool wants_json(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--json") == 0)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    struct run run = {.command = NULL};
    struct error err = {.code = ERROR_NONE};
    bool json = wants_json(argc, argv);
    bool ok;

    setup_process();
    interrupt_catch(json ? interrupted_json : NULL);
    memory_set_last_words(json ? exhausted_json : NULL);
    ok = parse(argc, argv, &run, &err);
    output_init(&run.output, run.global.json || (!ok && json), run.global.quiet, run.global.color);
    log_set_level(run.global.verbose);
    ok = ok && run_or_print_help(&run, &err) && output_flush(&err);
    if (!ok && err.message[0])
        print_error(&run, &err);
    if (run.command)
        option_release(run.command->options, run.options);
    free(run.options);
    list_release(&run.operands);
    return ok ? 0 : error_exit_status(err.code);
}
