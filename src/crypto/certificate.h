/* Which certificate of a TLS server is refused: for the message, where libcurl says only why. */
#pragma once

#include "base/buffer.h"

/*
 * Makes verification in `context`, an SSL_CTX, describe in `out` ("CN=a.example, issued by CN=B") the
 * certificate that it refuses, or the server's own one. What is accepted stays the same. `out` must outlive
 * `context`. Can't fail: without OpenSSL's libssl nothing is described.
 */
void certificate_watch(void *context, struct buffer *out);
