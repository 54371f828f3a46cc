#include "cmd/doctor_check.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *word;
    enum output_style style;
} results[] = {
    [FINDING_OK] = {"ok", OUTPUT_GOOD},
    [FINDING_WARN] = {"warn", OUTPUT_WARN},
    [FINDING_FAIL] = {"fail", OUTPUT_BAD},
};

static void print_finding(const struct output *output, const struct doctor_check *check,
                          const struct finding *finding)
{
    static const char hint[] = "     hint: ";
    char result[8];
    char name[24];
    size_t column;

    snprintf(result, sizeof(result), "%-5s", results[finding->result].word);
    snprintf(name, sizeof(name), "%-15s", check->name);
    output_styled(output, stdout, results[finding->result].style, result);
    output_styled(output, stdout, OUTPUT_BOLD, name);
    column = strlen(result) + strlen(name);
    output_wrapped(output, stdout, OUTPUT_PLAIN, finding->said.message, column, column);
    putchar('\n');
    if (finding->said.hint[0]) {
        output_styled(output, stdout, OUTPUT_DIM, hint);
        output_wrapped(output, stdout, OUTPUT_PLAIN, finding->said.hint, strlen(hint), strlen(hint));
        putchar('\n');
    }
    fflush(stdout);
}

static struct json *finding_object(const struct doctor_check *check, const struct finding *finding)
{
    struct json *object = json_object();

    json_set_string(object, "check", check->name);
    json_set_string(object, "result", results[finding->result].word);
    json_set_string(object, "detail", finding->said.message);
    json_set_string(object, "hint", finding->said.hint[0] ? finding->said.hint : NULL);
    return object;
}

/* The code of the first check that failed, or ERROR_NONE. */
static enum error_code examine(struct doctor *doctor, struct json *array)
{
    enum error_code first = ERROR_NONE;

    for (const struct doctor_check *check = doctor_checks; check->name; check++) {
        struct finding finding = {FINDING_OK, {.code = ERROR_NONE}};

        check->run(doctor, &finding);
        if (array)
            json_append(array, finding_object(check, &finding));
        else
            print_finding(&doctor->context->output, check, &finding);
        if (finding.result == FINDING_FAIL && first == ERROR_NONE)
            first = finding.said.code;
    }
    return first;
}

static bool doctor_run(struct context *context, const void *values, const struct list *operands,
                       struct error *err)
{
    _cleanup_free_ char *name = memory_duplicate(context->profile.name);
    _cleanup_json_ struct json *object = json_object();
    struct json *array = context->output.json ? json_array() : NULL;
    struct doctor doctor;
    enum error_code failure;

    (void)values;
    (void)operands;
    doctor_open(&doctor, context, name);
    failure = examine(&doctor, array);
    doctor_close(&doctor);
    if (array) {
        json_set(object, "checks", array);
        output_json(object);
    }
    return failure == ERROR_NONE || error_set_reported(err, failure);
}

const struct command doctor_command = {
    .name = "doctor",
    .summary = "Check everything that a sign-in needs, and say how to fix it",
    .description = "Looks at the profile, the network, the Logto tenant, the browser, the stores "
                   "and the session. Changes nothing and opens no browser. The exit status is 0 "
                   "when nothing failed, else that of the first failure.",
    .examples = "  logto doctor\n"
                "  logto doctor --json | jq '.checks[] | select(.result != \"ok\")'",
    .quiet = true,
    .store_timeout = 5000,
    .profile = COMMAND_PROFILE_NAME,
    .run = doctor_run,
};
