#include "cmd/login_already.h"

#include "cmd/describe.h"
#include "session/session_store.h"

void login_already(const struct context *context, bool reauthenticate)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;
    _cleanup_free_ char *user = NULL;
    bool found = false;

    /* What can't be read is replaced. */
    if (!session_find(&context->interfaces, &context->profile, &session, &found, NULL) || !found)
        return;
    user = describe_session_user(&session);
    output_note(
        &context->output, "Already signed in as %s; this signs in again.%s", user,
        reauthenticate ? "" : " The browser may go on as the same user without asking: --reauth has it ask.");
}
