/*
 * Questions from another program, one a line: `OPERATION FIELD…`, each field base64url. The answer is one
 * line on standard output, which begins with "refused: " when the input is not valid.
 */
#pragma once

#include "base/buffer.h"

#define FIELDS_MAXIMUM 4

struct request {
    struct buffer fields[FIELDS_MAXIMUM];
};

struct operation {
    const char *name;
    size_t fields;
    void (*answer)(const struct request *request);
};

/* A field as text; it ends with a NUL that its length does not count. */
const char *request_field(const struct request *request, size_t i);
bool request_has_nul(const struct request *request, size_t i);
/* Answers each line of standard input. Returns the exit status: 1 after a line that isn't a request. */
int answer_requests(const struct operation *operations, size_t count);
