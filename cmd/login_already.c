#include "cmd/login_already.h"

#include "cmd/describe.h"
#include "session/session_store.h"

bool login_already(const struct context *context, bool reauthenticate, struct error *err)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;
    _cleanup_free_ char *user = NULL;
    bool found = false;

    if (!session_find(&context->interfaces, &context->profile, &session, &found, err))
        return false;
    if (!found)
        return true;
    user = describe_session_user(&session);
    output_note(
        &context->output, "Already signed in as %s; this signs in again.%s", user,
        reauthenticate ? "" : " The browser may go on as the same user without asking: --reauth has it ask.");
    return true;
}
