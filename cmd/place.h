/* Where this program runs, and how the user's browser gets there from where that one runs. */
#pragma once

#include "cmd/output.h"

#include <stdbool.h>
#include <stdint.h>

/* Whether the user is at another machine, over SSH. */
bool place_is_remote(void);

/* Whether this is a container (Docker, Podman, Kubernetes, systemd-nspawn): its loopback is its own. */
bool place_is_container(void);

/* The name of this machine when the user's browser may run on another one, else NULL; static. */
const char *place_host(void);

/*
 * Whether a browser can be opened, or a user reads the URL. Fails with ERROR_NO_BROWSER when there is neither
 * $BROWSER, a display nor a terminal.
 */
bool place_check_browser(struct error *err);

/*
 * Prints what has to be done for a browser elsewhere to get to our `port`, unless nothing has. `no_browser`:
 * none was opened here.
 */
void place_print_way(const struct output *output, uint16_t port, bool no_browser);
