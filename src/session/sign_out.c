#include "session/sign_out.h"

#include "base/fault.h"
#include "base/lock.h"
#include "oidc/revoke.h"
#include "session/hint.h"
#include "session/warm.h"

static bool revoke(const struct interfaces *interfaces, const struct profile *profile,
                   const struct session *session, struct error *err)
{
    struct oidc oidc = interfaces_oidc(interfaces, profile);
    struct client client = {session->app_id, session->app_secret};
    _cleanup_provider_ struct provider provider = {0};

    if (!session->refresh_token)
        return true;
    if (discovery_load(&oidc, session->issuer, &provider, err) &&
        revoke_refresh_token(&oidc, &provider, &client, session->refresh_token, err)) {
        FAULT_POINT("revoked");
        return true;
    }
    error_context(err, "the session was kept, because it could not be revoked");
    return hint_command(profile, "try again later, or remove it from this machine only: logto logout --local",
                        err);
}

/* To remove a session nobody types a passphrase. What can't be read can still be removed. */
static bool find_locally(const struct interfaces *interfaces, const struct profile *profile,
                         struct session *session)
{
    bool found;

    if (interfaces->passphrase)
        interfaces->passphrase->silent = true;
    return !session_find(interfaces, profile, session, &found, NULL) || found;
}

bool sign_out(const struct interfaces *interfaces, const struct profile *profile, bool local,
              enum sign_out_result *result, struct error *err)
{
    _cleanup_session_ struct session session = SESSION_EMPTY;
    _cleanup_(lock_release) int lock = -1;
    bool found, locked;

    if (!session_check_profile(profile, err))
        return false;
    /* Under the lock, or a refresh under way would store the session again. */
    locked = session_lock(interfaces, profile, &lock, err);
    warm_drop(profile); /* whatever fails */
    if (!locked)
        return false;
    if (local)
        found = find_locally(interfaces, profile, &session);
    else if (!session_find(interfaces, profile, &session, &found, err))
        return false;
    *result = !found ? SIGN_OUT_NOT_SIGNED_IN : session.machine ? SIGN_OUT_MACHINE : SIGN_OUT_DONE;
    return !found || ((local || revoke(interfaces, profile, &session, err)) &&
                      session_forget(interfaces, profile, err));
}
