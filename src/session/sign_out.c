#include "session/sign_out.h"

#include "base/file.h"
#include "oidc/revoke.h"

static bool revoke(struct context *context, const struct session *session, struct error *err)
{
    struct client client = {session->app_id, session->app_secret};
    _cleanup_provider_ struct provider provider = {0};

    if (!session->refresh_token)
        return true;
    if (discovery_load(&context->oidc, session->issuer, &provider, err) &&
        revoke_refresh_token(&context->oidc, &provider, &client, session->refresh_token, err))
        return true;
    error_context(err, "the session is kept, since it could not be revoked");
    return error_hint(err, "try again later, or forget it here only: logto logout --local");
}

bool sign_out(struct context *context, bool local, enum sign_out_result *result, struct error *err)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;
    _cleanup_(file_unlock) int lock = -1;
    bool found;

    /* Under the lock, or a refresh on its way would store the session again. */
    if (!session_check_profile(context, err) || !session_lock(context, &lock, err))
        return false;
    if (!session_find(context, &session, &found, err)) {
        if (!local)
            return false;
        found = true; /* what can't be read can still be forgotten */
    }
    *result = found ? SIGN_OUT_DONE : SIGN_OUT_NOBODY;
    return !found || ((local || revoke(context, &session, err)) && session_forget(context, err));
}
