#include "session/sign_in_machine.h"

#include "session/establish.h"
#include "session/machine.h"

bool sign_in_machine(const struct interfaces *interfaces, const struct profile *profile,
                     const struct sign_in_request *request, struct session *out, struct error *err)
{
    struct machine machine = {profile->app_id, request->app_secret, NULL, true};
    struct access_request wanted = {.scopes = *request->scopes}; /* borrowed */
    struct sign_in_expectation expected = {.client = {profile->app_id, request->app_secret},
                                           .scopes = request->scopes,
                                           .resources = request->resources,
                                           .events = &request->events,
                                           .machine = true};
    _cleanup_token_response_ struct token_response response = TOKEN_RESPONSE_EMPTY;
    _cleanup_token_failure_ struct token_failure failure = {.lost = false};

    if (request->resources->count)
        wanted.resource = expected.resource = request->resources->items[0];
    if (!machine_request(interfaces, profile, &machine, &wanted, &response, &failure, err) &&
        (wanted.resource || failure.oauth.kind != OAUTH_INVALID_TARGET))
        return false;
    return session_establish(interfaces, profile, &expected, &response, out, err);
}
