/* What a token can consist of, and finding one in text as people copy it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * The token within `text`, without white space and quotes around it, an "Authorization:" before it, and the
 * scheme "Bearer" (RFC 6750, 2.1). Sets *token_length and returns a pointer into `text`. Nothing inside the
 * token is changed or judged; text that is no token at all comes back as it is, trimmed.
 */
const char *bearer_token(const char *text, size_t length, size_t *token_length);

/*
 * Whether `text` can be an access, refresh or ID token: visible ASCII (RFC 6749, A.12; RFC 6750, 2.1), not
 * empty. Anything else could add a line or a header to what a token is put into.
 */
bool token_is_well_formed(const char *text);
