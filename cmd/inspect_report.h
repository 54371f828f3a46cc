/* A verdict as text and as JSON. */
#pragma once

#include "cmd/output.h"
#include "session/inspector.h"

/* The contract's object; the caller frees it. `decode_only` says that nothing was verified. */
struct json *inspect_report_json(const struct verdict *verdict, bool decode_only);

/* The report as text, on stdout. `now` in Unix seconds. */
void inspect_report_print(const struct output *output, const struct verdict *verdict, bool decode_only,
                          int64_t now);
