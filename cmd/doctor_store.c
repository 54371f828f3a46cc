/* The checks of where sessions are kept, and of the profile's own. Nothing is unlocked for them. */
#include "base/kernel_key.h"
#include "cmd/describe.h"
#include "cmd/doctor_check.h"
#include "cmd/when.h"
#include "session/hint.h"
#include "session/session_store.h"

#include <string.h>

static bool uses_keyring(const struct doctor *doctor)
{
    const char *store = doctor->context->profile.store;

    return !store || strcmp(store, "keyring") == 0;
}

/* A lock that a user can open is no defect; a store that isn't there is one where it is used. */
static void report_store(const struct error *err, bool used, struct finding *finding)
{
    finding_set_error(finding, used && err->code != ERROR_STORE_LOCKED ? FINDING_FAIL : FINDING_WARN, err);
}

static void ignore_item(void *data, const struct store_key *key)
{
    (void)data;
    (void)key;
}

void doctor_check_keyring(struct doctor *doctor, struct finding *finding)
{
    bool used = uses_keyring(doctor);
    struct store *store = stores_get(doctor->interfaces.stores, "keyring", NULL);
    struct error err = {.code = ERROR_NONE};

    doctor_load_session(doctor);
    if (used && doctor->session_asked)
        err = doctor->store_error;
    else if (store)
        (void)store->list(store, ignore_item, NULL, &err);
    if (err.code != ERROR_NONE)
        report_store(&err, used, finding);
    else
        finding_set(finding, FINDING_OK, "the Secret Service answers%s",
                    used ? "" : "; this profile does not use it");
}

void doctor_check_store(struct doctor *doctor, struct finding *finding)
{
    const struct profile *profile = &doctor->context->profile;
    struct error err = {.code = ERROR_NONE};
    const struct store_kind *kind = store_kind_find(stores_table(doctor->interfaces.stores),
                                                    profile->store ? profile->store : "keyring", &err);

    if (!kind) {
        finding_set_error(finding, FINDING_FAIL, &err);
        return;
    }
    /* The keyring has its own check, and to write there may mean to unlock it. */
    if (!uses_keyring(doctor) && doctor->session_asked &&
        !session_prepare(&doctor->interfaces, profile, &err)) {
        report_store(&err, true, finding);
        return;
    }
    finding_set(finding, kind->warning ? FINDING_WARN : FINDING_OK, "%s (%s)", kind->name, kind->protection);
    if (kind->warning)
        error_hint(&finding->said, "'logto login --store keyring' or --store file encrypts it");
}

void doctor_check_kernel_keyring(struct doctor *doctor, struct finding *finding)
{
    (void)doctor;
    if (kernel_key_is_available()) {
        finding_set(finding, FINDING_OK, "the kernel's keyring of this user is available");
        return;
    }
    finding_set(finding, FINDING_WARN,
                "the kernel keeps no keys for this user: passphrases are not cached, "
                "and every token is read from the store");
    error_hint(&finding->said, "a container needs a seccomp profile that allows add_key(2) and keyctl(2)");
}

static void report_session(const struct doctor *doctor, struct finding *finding)
{
    const struct session *session = &doctor->session;
    struct system *system = doctor->interfaces.system;
    int64_t expires_at = session_expires_at(session);
    _cleanup_free_ char *user = describe_user(session->claims);
    _cleanup_free_ char *when = when_describe(expires_at, system->now(system));

    if (session->machine) {
        finding_set(finding, FINDING_OK, "the secret of the machine-to-machine app is stored");
    } else if (session->unproven) {
        finding_set(finding, FINDING_WARN, "%s is signed in, but the last ID token was refused", user);
        hint_command(&doctor->context->profile, "the next refresh tries again: logto token --refresh",
                     &finding->said);
    } else if (session->refresh_token) {
        finding_set(finding, FINDING_OK, "%s is signed in", user);
    } else {
        finding_set(finding, FINDING_WARN, "%s is signed in, without a refresh token; access token: %s", user,
                    when);
        (void)hint_login(&doctor->context->profile, NULL, NULL, &finding->said);
    }
}

void doctor_check_session(struct doctor *doctor, struct finding *finding)
{
    doctor_load_session(doctor);
    if (doctor->signed_in) {
        report_session(doctor, finding);
    } else if (doctor->store_error.code != ERROR_NONE) {
        finding_set(finding, FINDING_WARN, "not checked: the store did not answer");
    } else {
        finding_set(finding, FINDING_WARN, "nobody is signed in");
        if (doctor->session_asked)
            (void)hint_login(&doctor->context->profile, NULL, NULL, &finding->said);
    }
}
