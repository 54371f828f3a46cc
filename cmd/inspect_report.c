#include "cmd/inspect_report.h"

#include "cmd/when.h"

#include <stdio.h>
#include <string.h>

/* Where values begin: enough for "phone_number_verified", the longest of OpenID Connect's and Logto's. */
#define COLUMN 24

#define CHECK_COLUMN 11
#define DETAIL_COLUMN 25

static void set_or_null(struct json *object, const char *name, const struct json *value)
{
    if (value)
        json_set(object, name, json_copy(value));
    else
        json_set_null(object, name);
}

static struct json *check_object(const struct inspection_check *check)
{
    struct json *object = json_object();

    json_set_string(object, "check", check->name);
    json_set_string(object, "result", inspection_result_word(check->result));
    json_set_string(object, "detail", check->detail);
    return object;
}

struct json *inspect_report_json(const struct verdict *verdict, bool decode_only)
{
    const struct inspection *inspection = &verdict->inspection;
    struct json *object = json_object();
    struct json *checks = json_array();

    json_set_boolean(object, "valid", inspection->reason == INSPECTION_VALID && !decode_only);
    json_set_string(object, "reason", inspection_reason_word(inspection->reason));
    for (size_t i = 0; i < inspection->count; i++)
        json_append(checks, check_object(&inspection->checks[i]));
    json_set(object, "checks", checks);
    set_or_null(object, "header", verdict->header);
    set_or_null(object, "claims", verdict->claims);
    return object;
}

/* A longer name has its value on a line of its own, so that one odd claim doesn't push all the others aside.
 */
static void print_label(const struct output *output, const char *label)
{
    size_t end = 2 + output_width(label);

    fputs("  ", stdout);
    output_wrapped(output, stdout, OUTPUT_DIM, label, 2, 2);
    if (end < COLUMN)
        printf("%*s", (int)(COLUMN - end), "");
    else
        printf("\n%*s", COLUMN, "");
}

static void print_value(const struct output *output, const char *text)
{
    output_wrapped(output, stdout, OUTPUT_PLAIN, text, COLUMN, COLUMN);
}

/* Scopes one a line, under each other. */
static void print_words(const struct output *output, const char *label, const char *words)
{
    _cleanup_list_ struct list list = LIST_EMPTY;

    list_add_words(&list, words);
    for (size_t i = 0; i < list.count; i++) {
        print_label(output, i == 0 ? label : "");
        print_value(output, list.items[i]);
        putchar('\n');
    }
}

static bool is_time(const char *name)
{
    return strcmp(name, "exp") == 0 || strcmp(name, "iat") == 0 || strcmp(name, "nbf") == 0 ||
           strcmp(name, "auth_time") == 0;
}

static void print_time(const struct output *output, const char *name, int64_t time, int64_t now)
{
    const char *verb = strcmp(name, "exp") != 0 ? "" : time > now ? "expires " : "expired ";
    _cleanup_free_ char *when = when_describe(time, now);
    _cleanup_free_ char *text = memory_format("%s%s", verb, when);

    print_value(output, text);
}

static void print_json_value(const struct output *output, const struct json *value)
{
    char *text = json_print(value, false);

    print_value(output, text);
    memory_wipe_free(text);
}

static void print_member(const struct output *output, const struct json *object, const struct json *member,
                         int64_t now)
{
    const char *name = json_name(member);
    const char *text = json_text(member);
    int64_t number;

    if (text && strcmp(name, "scope") == 0 && *text) {
        print_words(output, name, text);
        return;
    }
    print_label(output, name);
    if (is_time(name) && json_numeric_date(object, name, &number))
        print_time(output, name, number, now);
    else if (text)
        print_value(output, text);
    else
        print_json_value(output, member);
    putchar('\n');
}

static void print_object(const struct output *output, const char *title, const struct json *object,
                         int64_t now)
{
    if (!object)
        return;
    output_styled(output, stdout, OUTPUT_BOLD, title);
    putchar('\n');
    for (const struct json *member = json_first(object); member; member = json_next(member))
        print_member(output, object, member, now);
    putchar('\n');
}

static void print_result(const struct output *output, enum inspection_result result)
{
    static const enum output_style styles[] = {
        [INSPECTION_PASS] = OUTPUT_GOOD, [INSPECTION_FAIL] = OUTPUT_BAD, [INSPECTION_SKIPPED] = OUTPUT_DIM};
    char padded[16];

    snprintf(padded, sizeof(padded), "  %-9s", inspection_result_word(result));
    output_styled(output, stdout, styles[result], padded);
}

static void print_check(const struct output *output, const struct inspection_check *check)
{
    if (check->result == INSPECTION_SKIPPED)
        return;
    print_result(output, check->result);
    printf("%-14s", check->name);
    output_wrapped(output, stdout, OUTPUT_PLAIN, check->detail, DETAIL_COLUMN, DETAIL_COLUMN);
    putchar('\n');
}

/* What was not asked for is worth a line, not a table. */
static void print_skipped(const struct output *output, const struct inspection *inspection)
{
    _cleanup_list_ struct list names = LIST_EMPTY;
    _cleanup_free_ char *text = NULL;

    for (size_t i = 0; i < inspection->count; i++)
        if (inspection->checks[i].result == INSPECTION_SKIPPED)
            list_append(&names, inspection->checks[i].name);
    if (names.count == 0)
        return;
    text = list_join(&names, ", ");
    print_result(output, INSPECTION_SKIPPED);
    output_wrapped(output, stdout, OUTPUT_PLAIN, text, CHECK_COLUMN, CHECK_COLUMN);
    putchar('\n');
}

static void print_conclusion(const struct output *output, const struct inspection *inspection,
                             bool decode_only)
{
    const char *reason = inspection_reason_word(inspection->reason);

    putchar('\n');
    if (decode_only && !reason) {
        output_styled(output, stdout, OUTPUT_WARN, "NOT VERIFIED");
        fputs(": anyone can create such a token\n", stdout);
    } else if (reason) {
        output_styled(output, stdout, OUTPUT_BAD, "NOT VALID");
        printf(": %s\n", reason);
    } else {
        output_styled(output, stdout, OUTPUT_GOOD, "VALID");
        putchar('\n');
    }
}

void inspect_report_print(const struct output *output, const struct verdict *verdict, bool decode_only,
                          int64_t now)
{
    const struct inspection *inspection = &verdict->inspection;

    print_object(output, "Header", verdict->header, now);
    print_object(output, "Claims", verdict->claims, now);
    output_styled(output, stdout, OUTPUT_BOLD, "Checks");
    putchar('\n');
    for (size_t i = 0; i < inspection->count; i++)
        print_check(output, &inspection->checks[i]);
    print_skipped(output, inspection);
    print_conclusion(output, inspection, decode_only);
}
