/* What `logto profile list` prints. */
#pragma once

#include "base/list.h"
#include "cmd/output.h"
#include "session/config.h"

/* A table, or where the terminal is too narrow for it a block for each profile; with --json, one object. */
void profile_list_print(const struct output *output, const struct config *config, const struct list *names);
