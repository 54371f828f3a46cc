/* Finding the token in text as people copy it: from a header, from a quoted shell argument, from a log. */
#pragma once

#include <stddef.h>

/*
 * The token within `text`, without white space and quotes around it, an "Authorization:" before it, and the
 * scheme "Bearer" (RFC 6750, 2.1). Sets *token_length and returns a pointer into `text`. Nothing inside the
 * token is changed or judged; text that is no token at all comes back as it is, trimmed.
 */
const char *bearer_token(const char *text, size_t length, size_t *token_length);
