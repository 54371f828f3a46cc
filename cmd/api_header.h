/* Header lines: those that the user adds to a request, and those of a response. */
#pragma once

#include "base/buffer.h"
#include "base/list.h"
#include "codec/json.h"

#include <stdbool.h>

/*
 * Reads 'Name: value' lines as --header has them and appends them to `out`, ready to be sent. Refuses what is
 * no header (RFC 9110, 5.1 and 5.5), anything but visible ASCII, and headers that are the program's own:
 * credentials, Host, and those that say where the message ends. Fails with ERROR_USAGE.
 */
bool api_headers_read(const struct list *lines, struct list *out, struct error *err);

/* Whether one of these lines has this name. */
bool api_headers_have(const struct list *lines, const char *name);

/* The value of the first header of this name in the head of a response; the caller frees it. NULL: none. */
char *api_head_value(const struct buffer *head, const char *name);

/*
 * The headers of the head of a response as an object, names in lower case. Values of the same name are joined
 * by ", ", except those of set-cookie, which are an array (RFC 9110, 5.3).
 */
struct json *api_head_json(const struct buffer *head);

/* What the status line says after its version: "404 Not Found". The caller frees it. */
char *api_head_status(const struct buffer *head);
