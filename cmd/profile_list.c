#include "cmd/profile_list.h"

#include "base/memory.h"

#include <string.h>

#define MARK 2 /* columns of "* " */
#define GAP 2

struct row {
    const char *name;
    const char *endpoint;
    const char *app; /* as profile_app(), of a profile that may not be readable in full */
    bool current;
};

static struct row read_row(const struct config *config, const char *name)
{
    const struct json *object = config_profile(config, name);
    const char *app_id = json_string(object, "appId");

    return (struct row){.name = name,
                        .endpoint = json_string(object, "endpoint"),
                        .app = app_id ? app_id : json_string(object, "deviceAppId"),
                        .current = strcmp(config_default_profile(config), name) == 0};
}

static const char *endpoint_text(const struct row *row)
{
    return row->endpoint ? row->endpoint : "(no endpoint)";
}

static const char *app_text(const struct row *row)
{
    return row->app ? row->app : "(no app id)";
}

static void print_name(const struct output *output, const struct row *row)
{
    fputs(row->current ? "* " : "  ", stdout);
    output_styled(output, stdout, row->current ? OUTPUT_BOLD : OUTPUT_PLAIN, row->name);
}

static void print_line(const struct output *output, const struct row *row, size_t name_width,
                       size_t endpoint_width)
{
    print_name(output, row);
    printf("%*s", (int)(name_width - output_width(row->name) + GAP), "");
    output_text(stdout, endpoint_text(row));
    printf("%*s", (int)(endpoint_width - output_width(endpoint_text(row)) + GAP), "");
    output_text(stdout, app_text(row));
    putchar('\n');
}

static void print_block(const struct output *output, const struct row *row)
{
    const char *const lines[] = {endpoint_text(row), app_text(row)};

    print_name(output, row);
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        printf("\n%*s", MARK + GAP, "");
        output_wrapped(output, stdout, OUTPUT_PLAIN, lines[i], MARK + GAP, MARK + GAP);
    }
    putchar('\n');
}

static void widen(size_t *width, const char *text)
{
    size_t own = output_width(text);

    if (own > *width)
        *width = own;
}

static void print_text(const struct output *output, const struct config *config, const struct list *names)
{
    size_t name_width = 0, endpoint_width = 0, app_width = 0, width;

    for (size_t i = 0; i < names->count; i++) {
        struct row row = read_row(config, names->items[i]);

        widen(&name_width, row.name);
        widen(&endpoint_width, endpoint_text(&row));
        widen(&app_width, app_text(&row));
    }
    width = MARK + name_width + GAP + endpoint_width + GAP + app_width;
    for (size_t i = 0; i < names->count; i++) {
        struct row row = read_row(config, names->items[i]);

        if (output->out.columns > 0 && width > output->out.columns)
            print_block(output, &row);
        else
            print_line(output, &row, name_width, endpoint_width);
    }
}

static void print_json(const struct config *config, const struct list *names)
{
    _cleanup_json_ struct json *object = json_object();
    struct json *profiles = json_array();

    for (size_t i = 0; i < names->count; i++) {
        struct row row = read_row(config, names->items[i]);
        struct json *profile = json_object();

        json_set_string(profile, "profile", row.name);
        json_set_boolean(profile, "default", row.current);
        json_set_string(profile, "endpoint", row.endpoint);
        json_set_string(profile, "app_id", row.app);
        json_append(profiles, profile);
    }
    json_set(object, "profiles", profiles);
    output_json(object);
}

void profile_list_print(const struct output *output, const struct config *config, const struct list *names)
{
    if (output->json)
        print_json(config, names);
    else
        print_text(output, config, names);
}
