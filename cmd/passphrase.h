/* Where the passphrase of an encrypted session comes from: the environment, or whoever sits at the terminal.
 */
#pragma once

#include "store/store.h"

/* Asks nothing until it is used. Release it with passphrase_close(). */
struct passphrase_source *passphrase_open(void);

/* Accepts NULL and leaves NULL. */
void passphrase_close(struct passphrase_source **source);
