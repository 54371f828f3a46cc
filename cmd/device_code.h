/* How the user is shown where to sign in with a browser on another device, and with which code. */
#pragma once

#include "cmd/output.h"
#include "oidc/device.h"

/*
 * Prints address and code on stderr, with --quiet too: there is no other way to sign in. At a terminal with
 * color and room for it, also a QR code of both.
 */
void device_code_print(const struct output *output, const struct device_authorization *authorization);
