#include "requests.h"

#include "codec/base64url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *request_field(const struct request *request, size_t i)
{
    return buffer_text(&request->fields[i]);
}

bool request_has_nul(const struct request *request, size_t i)
{
    return strlen(request_field(request, i)) != request->fields[i].length;
}

/* Decodes what follows the operation's name. False when the line isn't a request. */
static bool read_fields(char *rest, size_t expected, struct request *request)
{
    size_t count = 0;
    struct error err;

    for (char *text = strsep(&rest, " "); text; text = strsep(&rest, " ")) {
        if (count == expected || !base64url_decode(text, strlen(text), &request->fields[count++], &err))
            return false;
    }
    return count == expected;
}

static bool answer_line(const struct operation *operations, size_t count, char *line)
{
    struct request request = {{BUFFER(1U << 20), BUFFER(1U << 20), BUFFER(1U << 20), BUFFER(1U << 20)}};
    const char *name = strsep(&line, " ");
    bool understood = false;

    for (size_t i = 0; i < count; i++) {
        if (strcmp(name, operations[i].name) != 0)
            continue;
        understood = read_fields(line, operations[i].fields, &request);
        if (understood)
            operations[i].answer(&request);
    }
    for (size_t i = 0; i < FIELDS_MAXIMUM; i++)
        buffer_release(&request.fields[i]);
    return understood;
}

int answer_requests(const struct operation *operations, size_t count)
{
    char *line = NULL;
    size_t capacity = 0;
    bool understood = true;

    while (understood && getline(&line, &capacity, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        understood = answer_line(operations, count, line);
    }
    free(line);
    if (!understood)
        fputs("not a request\n", stderr);
    return understood ? 0 : 1;
}
