/* Why Logto did not take a consent, in words. */
#pragma once

#include "session/account.h"

/*
 * Sets `err`, with a hint, for the refusals that belong to a consent; any other failure is set already.
 * `target` and `connector_id` are those of the connector. Always returns false.
 */
bool consent_explain_refusal(struct account *account, const char *target, const char *connector_id,
                             const struct account_error *refusal, struct error *err);
