/* What "localhost" means on this machine: the redirect URI has that name, and the browser looks it up. */
#pragma once

#include "base/error.h"

#include <stdbool.h>

struct localhost {
    bool v4, v6; /* it is 127.0.0.1, ::1 */
    bool other;  /* it is an address outside of the loopback interface */
};

/* Asks the system's resolver, at most `timeout` ms. Fails with ERROR_NETWORK. */
bool localhost_resolve(int timeout, struct localhost *out, struct error *err);
