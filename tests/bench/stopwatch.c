/*
 * Runs commands against each other: one of each in turn, again and again, so that whatever else the machine
 * does hits all alike. `stopwatch [-r ROUNDS] [-w WARMUPS] [-n AT_ONCE] [-i FILE] -- A ARGS… [::: B ARGS…]…`
 * prints a line of JSON for each command: wall time of each round in microseconds, CPU time, peak memory in
 * KiB, and how many runs did not exit with 0.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMANDS_MAXIMUM 8
#define AT_ONCE_MAXIMUM 1000

struct command {
    char **argv;
    long *wall; /* one for each round, µs */
    long cpu;   /* of all rounds, µs */
    long peak;
    long failed;
};

static struct command commands[COMMANDS_MAXIMUM];
static int command_count;
static int rounds = 50, warmups = 3, at_once = 1;
static const char *input = "/dev/null";

static long now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* What happens between vfork and exec is little enough to be counted for every command alike. */
static pid_t start(char **argv, int in, int out)
{
    pid_t pid = vfork(); /* NOLINT(clang-analyzer-security.insecureAPI.vfork) */

    if (pid != 0)
        return pid;
    dup2(in, 0); /* NOLINT(clang-analyzer-unix.Vfork): shares no state with the parent */
    dup2(out, 1);
    execvp(argv[0], argv);
    _exit(127);
}

static void run(struct command *command, long *wall)
{
    pid_t pids[AT_ONCE_MAXIMUM];
    int ins[AT_ONCE_MAXIMUM];
    int out = open("/dev/null", O_WRONLY | O_CLOEXEC);
    long begin;

    /* Each process reads its input from the start. */
    for (int i = 0; i < at_once; i++)
        ins[i] = open(input, O_RDONLY | O_CLOEXEC);
    begin = now();
    for (int i = 0; i < at_once; i++)
        pids[i] = start(command->argv, ins[i], out);
    for (int i = 0; i < at_once; i++) {
        struct rusage usage;
        int status;

        if (wait4(pids[i], &status, 0, &usage) < 0 || status != 0)
            command->failed++;
        command->cpu += (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec +
                        usage.ru_stime.tv_usec;
        if (usage.ru_maxrss > command->peak)
            command->peak = usage.ru_maxrss;
    }
    *wall = now() - begin;
    for (int i = 0; i < at_once; i++)
        close(ins[i]);
    close(out);
}

static void measure(void)
{
    long ignored;

    for (int i = 0; i < warmups; i++)
        for (int c = 0; c < command_count; c++)
            run(&commands[c], &ignored);
    for (int c = 0; c < command_count; c++)
        commands[c].cpu = 0;
    for (int i = 0; i < rounds; i++)
        for (int c = 0; c < command_count; c++)
            run(&commands[(c + i) % command_count], &commands[(c + i) % command_count].wall[i]);
}

static void print(void)
{
    for (int c = 0; c < command_count; c++) {
        const struct command *command = &commands[c];

        printf("{\"wall_us\":[");
        for (int i = 0; i < rounds; i++)
            printf("%s%ld", i ? "," : "", command->wall[i]);
        printf("],\"cpu_us\":%ld,\"peak_kib\":%ld,\"failed\":%ld}\n", command->cpu / rounds, command->peak,
               command->failed);
    }
}

static void take_commands(char **argv)
{
    while (*argv && command_count < COMMANDS_MAXIMUM) {
        commands[command_count].wall = calloc((size_t)rounds, sizeof(long));
        commands[command_count++].argv = argv;
        while (*argv && strcmp(*argv, ":::") != 0)
            argv++;
        if (*argv)
            *argv++ = NULL;
    }
}

int main(int argc, char **argv)
{
    int option;

    while ((option = getopt(argc, argv, "+r:w:n:i:")) != -1) {
        if (option == 'r')
            rounds = (int)strtol(optarg, NULL, 10);
        else if (option == 'w')
            warmups = (int)strtol(optarg, NULL, 10);
        else if (option == 'n')
            at_once = (int)strtol(optarg, NULL, 10);
        else if (option == 'i')
            input = optarg;
        else
            return 2;
    }
    take_commands(argv + optind);
    if (command_count == 0 || rounds < 1 || at_once < 1 || at_once > AT_ONCE_MAXIMUM)
        return 2;
    measure();
    print();
    return 0;
}
